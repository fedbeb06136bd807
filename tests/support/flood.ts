/**
 * A client that sends and never reads.
 *
 * @module
 */

import { pseudoRandomBytes, writeAll } from "./clients.ts";

/** More than all buffers of the system on the way hold. */
const MOST = 200_000_000;
/** So many exchanges of others without progress of its own: it is stuck. */
const EXCHANGES = 20;

/** Sends on a connection for as long as something is taken, up to 200 MB. */
export class Flood {
  /** Resolves when it can send no more: all is sent, or the connection is closed. */
  readonly ended: Promise<void>;
  #sent = 0;

  constructor(connection: Deno.Conn) {
    this.ended = this.#send(connection);
  }

  /**
   * Resolves when nothing more is taken while others' exchanges come and go.
   *
   * @throws {Error} When everything was taken.
   */
  async stuck(exchange: () => Promise<unknown>): Promise<void> {
    for (let unchanged = 0; unchanged < EXCHANGES;) {
      const sent = this.#sent;
      await exchange();
      unchanged = sent > 0 && sent === this.#sent ? unchanged + 1 : 0;
    }
    if (this.#sent >= MOST) throw new Error("nothing held the client back");
  }

  async #send(connection: Deno.Conn): Promise<void> {
    const bytes = pseudoRandomBytes(100_000);
    try {
      while (this.#sent < MOST) {
        await writeAll(connection, bytes);
        this.#sent += bytes.length;
      }
    } catch {
      // Closed, from this side or the other.
    }
  }
}
