/**
 * Clients that go on for as long as they are asked to, and notice: every byte
 * that is lost, doubled or changed ends them with an error.
 *
 * @module
 */

import { connect, pseudoRandomBytes, UdpClient, writeAll } from "./clients.ts";

/** What a client saw until it was told to finish. */
export interface Figures {
  /** Bytes that came back, all of them right. */
  readonly bytes: number;
  /** The longest time that it waited for anything to come back, in milliseconds. */
  readonly longestWait: number;
}

/** Of a prime length, so that its pieces never begin at the same place again. */
const PATTERN = pseudoRandomBytes(1_000_003);
const CHUNK = 16 * 1024;
/** So many bytes may be on the way. */
const WINDOW = 8 * CHUNK;
/** A datagram not answered in this time is lost. */
const DATAGRAM_MS = 10_000;

/** Measures the waits between arrivals. */
class Stopwatch {
  longestWait = 0;
  #since = performance.now();

  start(): void {
    this.#since = performance.now();
  }

  stop(): void {
    const wait = performance.now() - this.#since;
    this.longestWait = Math.max(this.longestWait, wait);
    this.start();
  }
}

/** Echoes a stream over one TCP connection. */
export class SteadyStream {
  readonly #connection: Deno.TcpConn;
  readonly #stopwatch = new Stopwatch();
  readonly #work: Promise<unknown>;
  #sent = 0;
  #received = 0;
  #finishing = false;
  #progress = Promise.withResolvers<void>();

  /** Connects and begins. */
  static async start(address: Deno.NetAddr): Promise<SteadyStream> {
    return new SteadyStream(await connect(address));
  }

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    this.#work = Promise.all([this.#send(), this.#check()]);
    this.#work.catch(() => {}); // `finish` tells of it.
  }

  /** Bytes that have not come back. */
  get missing(): number {
    return this.#sent - this.#received;
  }

  /** Sends no more, and waits for all that is on the way. @throws {Error} When a byte was lost or wrong. */
  async finish(): Promise<Figures> {
    this.#finishing = true;
    this.#wake();
    try {
      await this.#work;
    } finally {
      this.#connection.close();
    }
    if (this.missing > 0) {
      throw new Error(`${this.missing} bytes did not come back`);
    }
    const { longestWait } = this.#stopwatch;
    return { bytes: this.#received, longestWait };
  }

  async #send(): Promise<void> {
    while (!this.#finishing) {
      const at = this.#sent % PATTERN.length;
      const chunk = PATTERN.subarray(at, at + CHUNK);
      if (this.missing === 0) this.#stopwatch.start();
      this.#sent += chunk.length;
      await writeAll(this.#connection, chunk);
      while (this.missing > WINDOW && !this.#finishing) {
        await this.#progress.promise;
      }
    }
    await this.#connection.closeWrite();
  }

  async #check(): Promise<void> {
    const buffer = new Uint8Array(4 * CHUNK);
    for (let n; (n = await this.#connection.read(buffer)) !== null;) {
      this.#stopwatch.stop();
      for (let i = 0; i < n; i++) {
        const at = this.#received + i;
        if (buffer[i] !== PATTERN[at % PATTERN.length]) {
          throw new Error(`byte ${at} came back wrong`);
        }
      }
      this.#received += n;
      this.#wake();
    }
  }

  #wake(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }
}

/** Echoes datagrams, one after the other. */
export class SteadyDatagrams {
  readonly #client: UdpClient;
  readonly #stopwatch = new Stopwatch();
  readonly #work: Promise<number>;
  #finishing = false;
  #missing = 0;

  /** Begins. */
  constructor(address: Deno.NetAddr) {
    this.#client = new UdpClient(address);
    this.#work = this.#run();
    this.#work.catch(() => {}); // `finish` tells of it.
  }

  /** Bytes that have not come back. */
  get missing(): number {
    return this.#missing;
  }

  /** Waits for the datagram on the way. @throws {Error} When one was lost or wrong. */
  async finish(): Promise<Figures> {
    this.#finishing = true;
    try {
      return {
        bytes: await this.#work,
        longestWait: this.#stopwatch.longestWait,
      };
    } finally {
      this.#client[Symbol.dispose]();
    }
  }

  async #run(): Promise<number> {
    let bytes = 0;
    for (let i = 0; !this.#finishing; i++) {
      const at = (i * 1009) % (PATTERN.length - 1400);
      const datagram = PATTERN.subarray(at, at + 1 + (i * 31) % 1400);
      this.#stopwatch.start();
      this.#missing = datagram.length;
      await this.#client.send(datagram);
      const answer = await this.#client.receive(DATAGRAM_MS);
      this.#stopwatch.stop();
      if (!equal(answer, datagram)) throw new Error(`datagram ${i} is wrong`);
      bytes += answer.length;
      this.#missing = 0;
    }
    return bytes;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
