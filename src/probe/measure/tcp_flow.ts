/**
 * Messages over one TCP connection, which is made anew when it ends.
 *
 * @module
 */

import type { Connected } from "../reach/connect.ts";
import type { Flow } from "./flow.ts";
import type { Ledger } from "./ledger.ts";
import type { Messages } from "./message.ts";
import { socketReason } from "../reach/reach_error.ts";
import { StreamMatcher } from "./stream_matcher.ts";
import { delay } from "../../base/time.ts";

const BUFFER_BYTES = 64 * 1024;
/** No echo server greets us with more; one that never stops talking keeps the program from anything else. */
const MAX_STRAY_BYTES = 64 * 1024;
/** A connection is made anew no more often than this, in milliseconds. */
const RECONNECT_MS = 200;
const BLOCKED = "the connection took no more";
const DOWN = "the connection was down";

/** Makes a connection; throws what Deno throws. */
export type Connect = (signal: AbortSignal) => Promise<Connected>;

/** A message that waits for the ones before it. */
interface Waiting {
  readonly since: number;
  /** When it should have left, if its time is taken from there. */
  readonly intendedAt: number | undefined;
}

/** A TCP connection, and the messages sent on it. */
export class TcpFlow implements Flow {
  readonly ledger: Ledger;
  readonly #messages: Messages;
  readonly #connect: Connect;
  readonly #closing = new AbortController();
  #queue: Waiting[] = [];
  /** None while it is made anew. */
  #connection: Deno.TcpConn | undefined;
  #matcher: StreamMatcher | undefined;
  #writing = false;
  /** When it was last tried to connect. */
  #connectedAt = -Infinity;

  constructor(
    connection: Deno.TcpConn,
    connect: Connect,
    messages: Messages,
    ledger: Ledger,
  ) {
    this.ledger = ledger;
    this.#messages = messages;
    this.#connect = connect;
    this.#run(connection);
  }

  get open(): boolean {
    return !this.#closing.signal.aborted;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  send(intendedAt?: number): void {
    if (!this.#connection) return this.ledger.notSent(DOWN);
    const now = performance.now();
    // When the server does not read, one write waits, and the next ones behind it.
    this.#queue.push({ since: intendedAt ?? now, intendedAt });
    if (this.#writing) return this.#giveUp(now);
    const connection = this.#connection;
    this.#write(connection).catch((error) =>
      this.#end(connection, socketReason(error))
    );
  }

  expire(now: number): void {
    this.ledger.expire(now);
    this.#giveUp(now);
  }

  close(): void {
    if (!this.open) return;
    this.#closing.abort();
    this.#giveUp(Infinity);
    this.#connection?.close();
    this.#matcher?.end();
  }

  /** Has those not sent that have waited for longer than a reply may take. */
  #giveUp(now: number, reason = BLOCKED): void {
    const { timeoutMs } = this.ledger;
    const late = this.#queue.findIndex(({ since }) => now - since <= timeoutMs);
    const count = late < 0 ? this.#queue.length : late;
    if (count === 0) return;
    this.#queue = this.#queue.slice(count);
    this.ledger.notSent(reason, count);
  }

  async #write(connection: Deno.TcpConn): Promise<void> {
    this.#writing = true;
    while (this.#queue.length > 0 && connection === this.#connection) {
      const { intendedAt } = this.#queue.shift()!;
      const message = this.#messages.build(this.ledger.next);
      const now = performance.now();
      const written = connection.write(message);
      this.ledger.sent(now, intendedAt);
      for (let at = await written; at < message.length;) {
        at += await connection.write(message.subarray(at));
      }
      this.#giveUp(performance.now());
    }
    if (connection === this.#connection) this.#writing = false;
  }

  /** Reads from one connection after the other. */
  async #run(first: Deno.TcpConn): Promise<void> {
    let connection: Deno.TcpConn | undefined = first;
    while (connection) {
      const reason: string = await this.#read(connection).catch(socketReason);
      this.#end(connection, reason);
      connection = await this.#reconnect();
    }
  }

  /** Reads until the connection ends; says why it did. */
  async #read(connection: Deno.TcpConn): Promise<string> {
    this.#connection = connection;
    const matcher = new StreamMatcher(this.#messages, this.ledger);
    this.#matcher = matcher;
    const buffer = new Uint8Array(BUFFER_BYTES);
    while (true) {
      const length = await connection.read(buffer);
      const now = performance.now();
      this.ledger.standstill.look(now);
      if (length === null) return "connection closed by the other side";
      if (!this.open) return "";
      matcher.push(buffer.subarray(0, length), now);
      if (matcher.strayBytes > MAX_STRAY_BYTES) {
        return this.#abandon(connection);
      }
    }
  }

  /** Whoever never stops talking is no echo server, and will be none when asked again. */
  #abandon(connection: Deno.TcpConn): string {
    const reason = "connection given up: what comes in is not ours";
    this.#end(connection, reason);
    this.close();
    return reason;
  }

  /** Ends a connection, once. What waited for it is not sent. */
  #end(connection: Deno.TcpConn, reason: string): void {
    if (connection !== this.#connection || !this.open) return;
    this.#connection = undefined;
    this.#writing = false;
    connection.close();
    this.#matcher?.end();
    this.ledger.closed(reason);
    this.#giveUp(Infinity, DOWN);
  }

  /** Tries until there is a connection again; nothing when the flow was closed first. */
  async #reconnect(): Promise<Deno.TcpConn | undefined> {
    const { signal } = this.#closing;
    while (this.open) {
      await delay(this.#connectedAt + RECONNECT_MS - performance.now(), signal);
      this.#connectedAt = performance.now();
      try {
        const { connection, connectMs } = await this.#connect(signal);
        if (!this.open) {
          connection.close();
          return undefined;
        }
        this.ledger.reopened(connectMs);
        return connection;
      } catch {
        // Refused, or no answer. What is due meanwhile is lost, and told so.
      }
    }
  }
}
