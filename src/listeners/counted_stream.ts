/**
 * The stream that a service sees: a TCP connection that counts what passes.
 *
 * @module
 */

import type { Turn } from "../guard/eviction.ts";
import type { Addresses, Stream } from "../services/service.ts";
import { AT, type Counters } from "../telemetry/counters.ts";
import { turns } from "./read_turns.ts";
import type { Duplex } from "./unread.ts";

const NOTHING = new Uint8Array();

/** Provides the addresses of a connection on request, since looking them up is not free. */
interface Peers {
  readonly addresses: Addresses;
}

/**
 * Passes reads and writes to the connection, on the hot path: nothing here but the
 * counting, and waiting for one's turn. With `then` and two functions for all
 * messages instead of `async`, which makes a generator and a promise for each.
 */
export class CountedStream implements Stream {
  readonly #connection: Duplex;
  readonly #peers: Peers;
  readonly #totals: Float64Array;
  /** What is being written. */
  #rest: Uint8Array = NOTHING;
  bytesIn = 0;
  bytesOut = 0;
  /** Whether the peer has said that it sends no more. */
  ended = false;
  working = false;

  constructor(connection: Duplex, peers: Peers, counters: Counters) {
    this.#connection = connection;
    this.#peers = peers;
    this.#totals = counters.values;
  }

  get addresses(): Addresses {
    return this.#peers.addresses;
  }

  /** Whose turn it is, where the service answers once. */
  get turn(): Turn {
    if (this.working) return "service";
    if (this.#rest !== NOTHING) return "listen";
    return this.bytesOut === 0 ? "speak" : "leave";
  }

  /** Whether a write waits for the client to read. */
  get writing(): boolean {
    return this.#rest.length > 0;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    const turn = turns.next();
    return (turn === undefined
      ? this.#connection.read(buffer)
      : turn.then(() => this.#connection.read(buffer))).then(this.#onRead);
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#rest = bytes;
    return this.#connection.write(bytes).then(this.#onWritten);
  }

  readonly #onRead = (length: number | null): number | null => {
    if (length === null) {
      this.ended = true;
    } else {
      turns.served();
      this.bytesIn += length;
      this.#totals[AT.stream_bytes_in] += length;
    }
    return length;
  };

  readonly #onWritten = (length: number): Promise<void> | undefined => {
    this.bytesOut += length;
    this.#totals[AT.stream_bytes_out] += length;
    const rest = this.#rest;
    this.#rest = NOTHING; // Otherwise an idle connection would hold a buffer that its service no longer needs.
    if (length < rest.length) return this.write(rest.subarray(length));
  };
}
