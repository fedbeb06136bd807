/**
 * The stream that a service sees: a TCP connection that counts what passes.
 *
 * @module
 */

import type { Stream } from "../services/service.ts";
import { AT, type Counters } from "../telemetry/counters.ts";
import { turns } from "./turns.ts";

/** Passes reads and writes to the connection, on the hot path: nothing here but the counting, and waiting for one's turn. */
export class CountedStream implements Stream {
  readonly #connection: Deno.TcpConn;
  readonly #totals: Float64Array;
  bytesIn = 0;
  bytesOut = 0;
  /** Whether the peer has said that it sends no more. */
  ended = false;

  constructor(connection: Deno.TcpConn, counters: Counters) {
    this.#connection = connection;
    this.#totals = counters.values;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const turn = turns.next();
    if (turn !== undefined) await turn;
    const length = await this.#connection.read(buffer);
    if (length === null) {
      this.ended = true;
    } else {
      turns.served();
      this.bytesIn += length;
      this.#totals[AT.stream_bytes_in] += length;
    }
    return length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const length = await this.#connection.write(
        written === 0 ? bytes : bytes.subarray(written),
      );
      written += length;
      this.bytesOut += length;
      this.#totals[AT.stream_bytes_out] += length;
    }
  }
}
