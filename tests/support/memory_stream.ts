/**
 * A connection without a socket, for tests of services.
 *
 * @module
 */

import type { Stream } from "../../src/services/service.ts";
import { concat } from "./clients.ts";

/** Plays the peer: sends chunks (or fails), then no more; keeps what it is sent. */
export class MemoryStream implements Stream {
  /** The size of the buffer at each read. */
  readonly offered: number[] = [];
  /** Awaited before each write. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();
  readonly #incoming: (Uint8Array | Error)[];
  readonly #written: Uint8Array[] = [];

  constructor(incoming: readonly (Uint8Array | Error)[] = []) {
    this.#incoming = [...incoming];
  }

  /** Everything written so far. */
  get written(): Uint8Array {
    return concat(this.#written);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    this.offered.push(buffer.length);
    const next = this.#incoming.shift();
    if (next === undefined) return Promise.resolve(null);
    if (next instanceof Error) return Promise.reject(next);
    const length = Math.min(next.length, buffer.length);
    buffer.set(next.subarray(0, length));
    if (length < next.length) this.#incoming.unshift(next.subarray(length));
    return Promise.resolve(length);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.beforeWrite();
    this.#written.push(bytes.slice());
  }
}
