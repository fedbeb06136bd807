/**
 * The other side of a conversation, over TCP or UDP.
 *
 * @module
 */

import type { Address } from "../base/address.ts";
import { ask } from "./reach/ask.ts";
import { connect } from "./reach/connect.ts";
import { Datagrams, maxPayload } from "./reach/datagrams.ts";
import { splitLines } from "./split_lines.ts";
import { TimeLimitError, withTimeLimit } from "../base/time.ts";

/** Somebody to talk with. */
export interface Peer {
  /** Whether it may have something to say before it is told anything. */
  readonly speaksUnasked: boolean;
  /** How much may be sent and not yet answered, by {@linkcode Peer.weigh}: what is beyond that would be lost. */
  readonly window: number;
  /**
   * Splits input into what is sent at once.
   *
   * @param refuse Told why something cannot be sent. What comes after it still is.
   */
  split(
    input: AsyncIterable<Uint8Array>,
    refuse: (reason: string) => void,
  ): AsyncIterable<Uint8Array>;
  /** How much something counts when what was sent is held against what came back. */
  weigh(bytes: Uint8Array): number;
  send(bytes: Uint8Array): Promise<void>;
  /** Waits for what comes; nothing when the other side has closed. Overwritten by the next. */
  receive(): Promise<Uint8Array | null>;
  /** Says that nothing more will be sent. */
  endSending(): Promise<void>;
  close(): void;
}

/** How large a piece of a stream may be. */
const BUFFER_BYTES = 64 * 1024;
/** Room for datagrams in a socket's buffer comes in pieces: a small one takes one, of about 2 KiB. */
const PIECE_BYTES = 2048;
/** Half of what the smallest default buffer (Linux: 208 KiB) holds. */
const WINDOW_PIECES = 64;

/** The other end of a TCP connection. */
export class TcpPeer implements Peer {
  readonly speaksUnasked = true;
  /** TCP itself sees to it. */
  readonly window = Infinity;
  readonly #connection: Deno.TcpConn;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** @throws {ReachError} */
  static async connect(
    target: Address,
    addresses: readonly string[],
    timeoutMs: number,
  ): Promise<TcpPeer> {
    const { connection } = await withTimeLimit(
      timeoutMs,
      (signal) => connect(target, addresses, signal),
    );
    return new TcpPeer(connection);
  }

  split(input: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    return input;
  }

  weigh(bytes: Uint8Array): number {
    return bytes.length;
  }

  async send(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  async receive(): Promise<Uint8Array | null> {
    const length = await this.#connection.read(this.#buffer);
    return length === null ? null : this.#buffer.subarray(0, length);
  }

  async endSending(): Promise<void> {
    await this.#connection.closeWrite();
  }

  close(): void {
    this.#connection.close();
  }
}

/** A UDP server. Which of its addresses it is, the answer to the first datagram says. */
export class UdpPeer implements Peer {
  readonly speaksUnasked = false;
  readonly window = WINDOW_PIECES;
  readonly #target: Address;
  readonly #addresses: readonly string[];
  readonly #timeoutMs: number;
  readonly #found = Promise.withResolvers<Datagrams>();
  #socket: Datagrams | undefined;
  #firstAnswer: Uint8Array | undefined;

  constructor(
    target: Address,
    addresses: readonly string[],
    timeoutMs: number,
  ) {
    this.#target = target;
    this.#addresses = addresses;
    this.#timeoutMs = timeoutMs;
    if (addresses.length === 1) this.#open();
  }

  split(
    input: AsyncIterable<Uint8Array>,
    refuse: (reason: string) => void,
  ): AsyncIterable<Uint8Array> {
    const mostBytes = Math.min(...this.#addresses.map(maxPayload));
    return splitLines(input, mostBytes, refuse);
  }

  weigh(bytes: Uint8Array): number {
    return 1 + Math.floor(bytes.length / PIECE_BYTES);
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.#socket) return await this.#socket.send(bytes);
    try {
      const { socket, datagram } = await withTimeLimit(
        this.#timeoutMs,
        (signal) => ask(this.#target, this.#addresses, bytes, { signal }),
      );
      this.#firstAnswer = datagram;
      this.#found.resolve(this.#socket = socket);
    } catch (error) {
      // Nobody answers: go on with the address that the system prefers.
      if (error instanceof TimeLimitError) return this.#open();
      throw (error as AggregateError).errors[0];
    }
  }

  async receive(): Promise<Uint8Array | null> {
    const socket = await this.#found.promise;
    const answer = this.#firstAnswer;
    if (answer) {
      this.#firstAnswer = undefined;
      return answer;
    }
    while (true) {
      const received = await socket.receive();
      if (received === undefined) return null;
      const [datagram, sender] = received;
      if (socket.isServer(sender)) return datagram;
    }
  }

  async endSending(): Promise<void> {}

  close(): void {
    this.#socket?.close();
  }

  #open(): void {
    this.#socket = new Datagrams(this.#addresses[0], this.#target.port);
    this.#found.resolve(this.#socket);
  }
}
