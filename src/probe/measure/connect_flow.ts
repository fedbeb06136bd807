/**
 * Connections instead of messages: how long it takes to be let in.
 *
 * @module
 */

import type { Flow } from "./flow.ts";
import type { Ledger } from "./ledger.ts";
import { socketReason } from "../reach/reach_error.ts";
import { TimeLimitError, withTimeLimit } from "../../base/time.ts";

/** A TCP connection for each message, closed as soon as it is there. */
export class ConnectFlow implements Flow {
  readonly ledger: Ledger;
  readonly #target: { readonly hostname: string; readonly port: number };
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();

  constructor(
    target: { hostname: string; port: number },
    timeoutMs: number,
    ledger: Ledger,
  ) {
    this.#target = target;
    this.#timeoutMs = timeoutMs;
    this.ledger = ledger;
  }

  readonly waiting = 0;

  get open(): boolean {
    return !this.#closing.signal.aborted;
  }

  send(intendedAt?: number): void {
    const seq = this.ledger.next;
    const attempt = withTimeLimit(
      this.#timeoutMs,
      (signal) => this.#connect(seq, intendedAt, signal),
      this.#closing.signal,
    );
    attempt.catch((error) => {
      if (!this.open) return;
      if (error instanceof TimeLimitError) {
        this.ledger.timedOut(seq, performance.now());
      } else this.ledger.failed(seq, socketReason(error));
    });
  }

  expire(now: number): void {
    this.ledger.expire(now);
  }

  close(): void {
    this.#closing.abort();
  }

  async #connect(
    seq: number,
    intendedAt: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const now = performance.now();
    const connecting = Deno.connect({ ...this.#target, signal });
    this.ledger.sent(now, intendedAt);
    const connection = await connecting;
    const then = performance.now();
    this.ledger.standstill.look(then);
    connection.close();
    if (this.open) this.ledger.connected(seq, then);
  }
}
