/**
 * The books of one flow: which messages are out, and what became of each.
 *
 * @module
 */

import { formatDuration } from "../../base/duration.ts";
import type { Damage } from "./damage.ts";
import type { ProbeEvent } from "./events.ts";
import { Recent, State } from "./recent.ts";
import { Statistics } from "../figures/statistics.ts";

/** A message that leaves this much later than intended is counted as sent late, in milliseconds. */
export const SENT_LATE_MS = 1;

/** Options for {@linkcode Ledger}. */
export interface LedgerOptions {
  /** The number of the flow, from 1. */
  readonly flow: number;
  /** How long a message has to come back, in milliseconds. */
  readonly timeoutMs: number;
  /** Told of everything that happens. */
  readonly onEvent: (event: ProbeEvent) => void;
}

/** The books of one flow. All times are of `performance.now()`. */
export class Ledger {
  readonly flow: number;
  readonly statistics = new Statistics();
  readonly #timeoutMs: number;
  readonly #onEvent: (event: ProbeEvent) => void;
  readonly #recent = new Recent();
  #pending = 0;
  /** The earliest message that may still be pending. */
  #oldest = 1;
  /** The latest message that came back. */
  #highest = 0;
  #changed = Promise.withResolvers<void>();

  constructor({ flow, timeoutMs, onEvent }: LedgerOptions) {
    this.flow = flow;
    this.#timeoutMs = timeoutMs;
    this.#onEvent = onEvent;
  }

  /** How many messages are out, and not overdue. */
  get pending(): number {
    return this.#pending;
  }

  /** The number that the next message has. */
  get next(): number {
    return this.#recent.last + 1;
  }

  /** The numbers of the messages that are remembered, from the earliest that is pending. */
  *outstanding(): Generator<number> {
    for (let seq = this.#oldest; seq <= this.#recent.last; seq++) {
      if (this.#recent.state(seq) !== State.ANSWERED) yield seq;
    }
  }

  /** Whether something is known of a message. */
  knows(seq: number): boolean {
    return this.#recent.state(seq) !== State.UNKNOWN;
  }

  /** Resolves when the next message comes back, is overdue or is given up. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  /**
   * Books the next message as sent.
   *
   * @param intendedAt When it should have been: from there its time is taken.
   */
  sent(at: number, intendedAt = at): void {
    const { counts } = this.statistics;
    counts.sent++;
    if (this.#recent.push(intendedAt) !== State.PENDING) this.#pending++;
    const lateMs = at - intendedAt;
    if (lateMs <= SENT_LATE_MS) return;
    counts.sentLate++;
    this.statistics.sentLateMaxMs = Math.max(
      this.statistics.sentLateMaxMs,
      lateMs,
    );
  }

  /** Books that a message came back, for the first time or again. */
  arrived(seq: number, at: number, bytes: number, damage?: Damage): void {
    const { counts } = this.statistics;
    const rttMs = at - this.#recent.sentAt(seq);
    const reply = { flow: this.flow, seq, bytes, rttMs };
    if (this.#recent.state(seq) === State.ANSWERED) {
      counts.duplicated++;
      this.#onEvent({
        type: "duplicate",
        ...reply,
        outOfOrder: false,
        late: false,
        damage,
      });
      return;
    }
    // The timer that looks for overdue messages may not have come by yet.
    const late = rttMs > this.#timeoutMs;
    const outOfOrder = seq < this.#highest;
    this.#highest = Math.max(this.#highest, seq);
    if (outOfOrder) counts.reordered++;
    if (damage) counts.damaged++;
    else if (late) counts.late++;
    else this.statistics.received(rttMs);
    this.#settle(seq, State.ANSWERED);
    this.#onEvent({
      type: damage ? "damaged" : "reply",
      ...reply,
      outOfOrder,
      late,
      damage,
    });
  }

  /** Books that a message was answered by something that takes the place of a message. */
  connected(seq: number, at: number): void {
    const rttMs = at - this.#recent.sentAt(seq);
    this.statistics.received(rttMs);
    this.#settle(seq, State.ANSWERED);
    this.#onEvent({ type: "connected", flow: this.flow, seq, rttMs });
  }

  /** Books that a message could not be sent, or will not come back. */
  failed(seq: number, reason: string): void {
    if (this.#recent.state(seq) !== State.PENDING) return;
    this.statistics.counts.failed++;
    this.#settle(seq, State.OVERDUE);
    this.#onEvent({ type: "failed", flow: this.flow, seq, reason });
  }

  /** Books something that is no message of ours. */
  stray(bytes: number, text: string, from?: string): void {
    this.statistics.counts.stray++;
    this.#onEvent({ type: "stray", flow: this.flow, bytes, text, from });
  }

  /** Books that the flow has ended: what is pending will not come back. */
  closed(reason: string): void {
    this.statistics.counts.closed++;
    for (const seq of this.outstanding()) {
      if (this.#recent.state(seq) === State.PENDING) {
        this.#settle(seq, State.OVERDUE);
      }
    }
    this.#onEvent({ type: "closed", flow: this.flow, reason });
  }

  /** Books the messages that are overdue by now. */
  expire(now: number): void {
    while (this.#pending > 0) {
      this.#skipSettled();
      const seq = this.#oldest;
      if (now - this.#recent.sentAt(seq) <= this.#timeoutMs) return;
      this.#settle(seq, State.OVERDUE);
      this.#onEvent({
        type: "timeout",
        flow: this.flow,
        seq,
        reason: `no answer within ${formatDuration(this.#timeoutMs)}`,
      });
    }
  }

  #settle(seq: number, state: State): void {
    if (this.#recent.state(seq) === State.PENDING) this.#pending--;
    this.#recent.setState(seq, state);
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }

  #skipSettled(): void {
    this.#oldest = Math.max(this.#oldest, this.#recent.first);
    while (
      this.#oldest < this.#recent.last &&
      this.#recent.state(this.#oldest) !== State.PENDING
    ) this.#oldest++;
  }
}
