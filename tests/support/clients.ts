/**
 * Small clients for tests, on Deno's own sockets.
 *
 * @module
 */

/** Connects over TCP. */
export function connect(
  { hostname, port }: Deno.NetAddr,
): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname, port });
}

/** Sends bytes over TCP, half-closes, and returns everything that comes back until the end. */
export async function exchangeTcp(
  address: Deno.NetAddr,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  using connection = await connect(address);
  async function send() {
    await writeAll(connection, bytes);
    await connection.closeWrite();
  }
  const [answer] = await Promise.all([readAll(connection), send()]);
  return answer;
}

/** Reads a connection to its end. */
export async function readAll(connection: Deno.Conn): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(65536);
  for (let n; (n = await connection.read(buffer)) !== null;) {
    chunks.push(buffer.slice(0, n));
  }
  return concat(chunks);
}

/** Reads so many bytes, or fewer if the connection ends before. */
export async function readExactly(
  connection: Deno.Conn,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const n = await connection.read(bytes.subarray(at));
    if (n === null) break;
    at += n;
  }
  return bytes.subarray(0, at);
}

/** Writes all bytes. */
export async function writeAll(
  connection: Deno.Conn,
  bytes: Uint8Array,
): Promise<void> {
  for (let sent = 0; sent < bytes.length;) {
    sent += await connection.write(bytes.subarray(sent));
  }
}

/** Sends bytes to an echo on an open connection, and returns as many as come back. */
export async function echoOn(
  connection: Deno.Conn,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const [answer] = await Promise.all([
    readExactly(connection, bytes.length),
    writeAll(connection, bytes),
  ]);
  return answer;
}

/** A UDP socket of a test's own. */
export class UdpClient implements Disposable {
  readonly #server: Deno.NetAddr;
  readonly #socket: Deno.DatagramConn;

  constructor(
    server: Deno.NetAddr,
    local: { hostname?: string; port?: number } = {},
  ) {
    this.#server = { ...server, transport: "udp" };
    this.#socket = Deno.listenDatagram({
      transport: "udp",
      hostname: server.hostname.includes(":") ? "::1" : "127.0.0.1",
      port: 0,
      ...local,
    });
  }

  /** Where it sends from. */
  get address(): Deno.NetAddr {
    return this.#socket.addr as Deno.NetAddr;
  }

  /** Sends one datagram. */
  async send(bytes: Uint8Array): Promise<void> {
    await this.#socket.send(bytes, this.#server);
  }

  /** Resolves to the next datagram; rejects when none comes within `ms`. */
  async receive(ms = 10_000): Promise<Uint8Array> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no datagram within ${ms} ms`)),
        ms,
      );
    });
    const received = this.#socket.receive(new Uint8Array(65536));
    received.catch(() => {}); // Rejects when the socket closes; the race below has the error that counts.
    try {
      return (await Promise.race([received, late]))[0];
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether nothing has come: the next that it receives is what it now sends to itself. */
  async heardNothing(): Promise<boolean> {
    const note = crypto.getRandomValues(new Uint8Array(16));
    await this.#socket.send(note, this.address);
    return (await this.receive()).join() === note.join();
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** Sends one datagram and returns the one that comes back; rejects when none does within `ms`. */
export async function exchangeUdp(
  address: Deno.NetAddr,
  bytes: Uint8Array,
  ms?: number,
): Promise<Uint8Array> {
  using client = new UdpClient(address);
  await client.send(bytes);
  return await client.receive(ms);
}

/** Bytes that repeat only after 4 GiB, the same for the same seed: order and loss show. */
export function pseudoRandomBytes(length: number, seed = 1): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** One array of all the bytes. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(
    chunks.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
