/**
 * Messages over one TCP connection.
 *
 * @module
 */

import type { Flow } from "./flow.ts";
import type { Ledger } from "./ledger.ts";
import type { Messages } from "./message.ts";
import { explain } from "../reach/reach_error.ts";
import { StreamMatcher } from "./stream_matcher.ts";

const BUFFER_BYTES = 64 * 1024;
/** No echo server greets us with more; one that never stops talking keeps the program from anything else. */
const MAX_STRAY_BYTES = 64 * 1024;

/** A TCP connection, and the messages sent on it. */
export class TcpFlow implements Flow {
  readonly ledger: Ledger;
  readonly #messages: Messages;
  readonly #connection: Deno.TcpConn;
  readonly #matcher: StreamMatcher;
  /** When the messages should have left that wait for the ones before. */
  readonly #queue: (number | undefined)[] = [];
  #writing = false;
  #open = true;

  constructor(connection: Deno.TcpConn, messages: Messages, ledger: Ledger) {
    this.ledger = ledger;
    this.#messages = messages;
    this.#connection = connection;
    this.#matcher = new StreamMatcher(messages, ledger);
    this.#read().catch((error) => this.#end(explain(error)));
  }

  get open(): boolean {
    return this.#open;
  }

  send(intendedAt?: number): void {
    this.#queue.push(intendedAt);
    // When the server does not read, one write waits, and the next ones behind it.
    if (this.#writing || !this.#open) return;
    this.#write().catch((error) => this.#end(explain(error)));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#connection.close();
    this.#matcher.end();
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#queue.length > 0 && this.#open) {
      const intendedAt = this.#queue.shift();
      const message = this.#messages.build(this.ledger.next);
      const now = performance.now();
      const written = this.#connection.write(message);
      this.ledger.sent(now, intendedAt);
      for (let at = await written; at < message.length;) {
        at += await this.#connection.write(message.subarray(at));
      }
    }
    this.#writing = false;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(BUFFER_BYTES);
    while (true) {
      const length = await this.#connection.read(buffer);
      const now = performance.now();
      if (!this.#open) return;
      if (length === null) break;
      this.#matcher.push(buffer.subarray(0, length), now);
      if (this.#matcher.strayBytes > MAX_STRAY_BYTES) {
        return this.#end("connection given up: what comes in is not ours");
      }
    }
    this.#end("connection closed by the other side");
  }

  #end(reason: string): void {
    if (!this.#open) return;
    this.close();
    this.ledger.closed(reason);
  }
}
