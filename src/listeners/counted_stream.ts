/**
 * The stream that a service sees: a TCP connection that counts what passes.
 *
 * @module
 */

import type { Stream } from "../services/service.ts";

/** Passes reads and writes to the connection, on the hot path: nothing here but the counting. */
export class CountedStream implements Stream {
  readonly #connection: Deno.TcpConn;
  bytesIn = 0;
  bytesOut = 0;
  /** Whether the peer has said that it sends no more. */
  ended = false;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const length = await this.#connection.read(buffer);
    if (length === null) this.ended = true;
    else this.bytesIn += length;
    return length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    let written = await this.#connection.write(bytes);
    this.bytesOut += written;
    while (written < bytes.length) {
      const more = await this.#connection.write(bytes.subarray(written));
      this.bytesOut += more;
      written += more;
    }
  }
}
