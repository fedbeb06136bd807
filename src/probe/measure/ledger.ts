/**
 * The books of one flow: which messages are out, and what became of each.
 *
 * Every message that was due ends in exactly one of three figures: received, lost,
 * or not measured. `docs/probe.md` has the table.
 *
 * @module
 */

import { formatDuration } from "../../base/duration.ts";
import { Batches } from "./batches.ts";
import type { Damage } from "./damage.ts";
import type { ProbeEvent } from "./events.ts";
import { isPending, Recent, State } from "./recent.ts";
import { Standstill } from "./standstill.ts";
import { Statistics } from "../figures/statistics.ts";

/** A message that leaves this much later than intended is counted as sent late, in milliseconds. */
export const SENT_LATE_MS = 1;
const AT_ONCE = "more answers came at once than a socket holds";
const STOOD_STILL = "this process stood still";

/** Options for {@linkcode Ledger}. */
export interface LedgerOptions {
  /** The number of the flow, from 1. */
  readonly flow: number;
  /** How long a message has to come back, in milliseconds. */
  readonly timeoutMs: number;
  /** Told of everything that happens. */
  readonly onEvent: (event: ProbeEvent) => void;
  /** Knows when this process could not read what came in. */
  readonly standstill?: Standstill;
  /** How many messages are never lost to our own receive buffer: none on a connection. */
  readonly capacity?: number;
}

/** How something came back. */
export interface Arrival {
  readonly damage?: Damage;
  /** Whether it is sure which message it is, and so its time. */
  readonly certain?: boolean;
}

/** The books of one flow. All times are of `performance.now()`. */
export class Ledger {
  readonly flow: number;
  readonly timeoutMs: number;
  readonly standstill: Standstill;
  readonly capacity: number;
  readonly statistics = new Statistics();
  readonly #onEvent: (event: ProbeEvent) => void;
  readonly #recent = new Recent();
  readonly #batches: Batches;
  #pending = 0;
  /** The earliest message that may still be pending. */
  #oldest = 1;
  /** The latest message that came back. */
  #highest = 0;
  #changed = Promise.withResolvers<void>();

  constructor({
    flow,
    timeoutMs,
    onEvent,
    standstill = new Standstill(),
    capacity = Infinity,
  }: LedgerOptions) {
    this.flow = flow;
    this.timeoutMs = timeoutMs;
    this.standstill = standstill;
    this.capacity = capacity;
    this.#batches = new Batches(capacity);
    this.#onEvent = onEvent;
  }

  /** How many messages are out that may still come back in time. */
  get pending(): number {
    return this.#pending;
  }

  /** The number that the next message has. */
  get next(): number {
    return this.#recent.last + 1;
  }

  /** How many messages were sent after the latest that came back. */
  get inFlight(): number {
    return this.#recent.last - this.#highest;
  }

  /** Whether answers have been awaited for a while, and none came. */
  isSilent(now: number): boolean {
    return this.#batches.isSilent(now);
  }

  /** The numbers of the messages that are remembered, from the earliest that is pending. */
  *outstanding(): Generator<number> {
    for (let seq = this.#oldest; seq <= this.#recent.last; seq++) {
      if (this.#recent.state(seq) !== State.SETTLED) yield seq;
    }
  }

  /** Whether something is known of a message. */
  knows(seq: number): boolean {
    return this.#recent.state(seq) !== State.UNKNOWN;
  }

  /** Whether a message can still come back for the first time. */
  awaits(seq: number): boolean {
    return isPending(this.#recent.state(seq));
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
    counts.due++;
    counts.sent++;
    this.#batches.sent(at);
    const forgotten = this.#recent.push(intendedAt);
    if (!isPending(forgotten)) this.#pending++;
    const lateMs = at - intendedAt;
    if (lateMs <= SENT_LATE_MS) return;
    counts.sentLate++;
    this.statistics.sentLateMaxMs = Math.max(
      this.statistics.sentLateMaxMs,
      lateMs,
    );
  }

  /** Books messages that were due and could not leave, as the connection was down or took no more: they are lost. */
  notSent(reason: string, count = 1): void {
    this.statistics.counts.due += count;
    this.statistics.failed("notSent", reason, count);
    this.#onEvent({ type: "not_sent", flow: this.flow, count, reason });
    this.#tell();
  }

  /** Books messages that were due and did not leave, as this process was too slow or stood still: they say nothing about the path. */
  skipped(reason: string, count: number): void {
    if (count === 0) return;
    this.statistics.failed("notMeasured", reason, count);
    this.statistics.counts.due += count;
    this.statistics.counts.notSent += count;
    this.#onEvent({ type: "not_sent", flow: this.flow, count, reason });
  }

  /** Books that a message came back, for the first time or again. */
  arrived(
    seq: number,
    at: number,
    bytes: number,
    { damage, certain = true }: Arrival = {},
  ): void {
    const { counts } = this.statistics;
    const state = this.#recent.state(seq);
    const sentAt = this.#recent.sentAt(seq);
    const elapsedMs = at - sentAt;
    const reply = {
      flow: this.flow,
      seq,
      bytes,
      rttMs: certain ? elapsedMs : undefined,
      damage,
    };
    const sentSince = this.#recent.last - seq;
    this.#batches.add({ at, sentAt, sentSince }, this.timeoutMs);
    if (damage) counts.damaged++;
    if (state === State.SETTLED) {
      counts.duplicated++;
      this.#onEvent({
        type: "duplicate",
        ...reply,
        outOfOrder: false,
        late: false,
      });
      return;
    }
    const outOfOrder = certain && seq < this.#highest &&
      state !== State.DAMAGED;
    this.#highest = Math.max(this.#highest, seq);
    if (outOfOrder) counts.reordered++;
    // The timer that looks for overdue messages may not have come by yet.
    const late = state === State.OVERDUE || elapsedMs > this.timeoutMs;
    const unread = isPending(state) && this.#cameUnread(sentAt, at);
    if (!damage && unread) return this.#notMeasured(seq);
    if (!damage) {
      if (late) counts.late++;
      else this.statistics.received(reply.rttMs);
    }
    // An intact copy may follow a damaged one.
    if (!damage) this.#settle(seq, State.SETTLED);
    else if (isPending(state)) this.#recent.setState(seq, State.DAMAGED);
    this.#onEvent({
      type: damage ? "damaged" : "reply",
      ...reply,
      outOfOrder,
      late,
    });
    this.#tell();
  }

  /** Books that a message was answered by something that takes the place of a message. */
  connected(seq: number, at: number): void {
    const state = this.#recent.state(seq);
    const sentAt = this.#recent.sentAt(seq);
    const rttMs = at - sentAt;
    if (isPending(state) && this.#cameUnread(sentAt, at)) {
      return this.#notMeasured(seq);
    }
    const late = state === State.OVERDUE || rttMs > this.timeoutMs;
    if (late) this.statistics.counts.late++;
    else this.statistics.received(rttMs);
    this.#settle(seq, State.SETTLED);
    this.#onEvent({ type: "connected", flow: this.flow, seq, rttMs, late });
  }

  /** Books that the system refused to send a message, or that it will not come back. */
  failed(seq: number, reason: string): void {
    if (!this.awaits(seq)) return;
    this.statistics.failed("failed", reason);
    this.#settle(seq, State.SETTLED);
    this.#onEvent({ type: "failed", flow: this.flow, seq, reason });
  }

  /** Books that no intact copy of a message can follow the damaged one. */
  givenUp(seq: number): void {
    if (this.awaits(seq)) this.#settle(seq, State.SETTLED);
  }

  /** Books something that is no message of ours. */
  stray(bytes: number, text: string, from?: string): void {
    this.statistics.counts.stray++;
    this.#onEvent({ type: "stray", flow: this.flow, bytes, text, from });
  }

  /** Books that the connection has ended: what is pending will not come back. */
  closed(reason: string): void {
    this.statistics.failed("closed", reason);
    for (const seq of this.outstanding()) {
      if (this.awaits(seq)) this.#settle(seq, State.SETTLED);
    }
    this.#onEvent({ type: "closed", flow: this.flow, reason });
  }

  /** Books that the connection was made anew. */
  reopened(connectMs: number): void {
    this.#onEvent({ type: "reopened", flow: this.flow, connectMs });
  }

  /** Books the messages that are overdue by now. */
  expire(now: number): void {
    // What came in meanwhile is to be read first.
    if (this.standstill.catchesUp(now)) return;
    while (this.#pending > 0) {
      this.#skipSettled();
      const seq = this.#oldest;
      if (now - this.#recent.sentAt(seq) <= this.timeoutMs) return;
      this.timedOut(seq, now);
    }
  }

  /** Books that a message did not come back in time. */
  timedOut(seq: number, now: number): void {
    const state = this.#recent.state(seq);
    if (!isPending(state)) return;
    const sentAt = this.#recent.sentAt(seq);
    const { rtt } = this.statistics;
    const longestMs = rtt.count === 0 ? this.timeoutMs : rtt.max;
    if (
      this.#cameUnread(sentAt, now) ||
      this.standstill.covers(sentAt, sentAt + longestMs)
    ) return this.#notMeasured(seq);
    if (this.#batches.cover(sentAt) || this.#overflowed(seq, longestMs)) {
      return this.#notMeasured(seq, AT_ONCE);
    }
    this.#settle(seq, State.OVERDUE);
    // Of a damaged one it was said already.
    if (state === State.DAMAGED) return;
    this.#onEvent({
      type: "timeout",
      flow: this.flow,
      seq,
      reason: `no answer within ${formatDuration(this.timeoutMs)}`,
    });
  }

  /** Whether something may have come in long before it is read. */
  #cameUnread(sentAt: number, now: number): boolean {
    return this.standstill.catchesUp(now) &&
      this.standstill.covers(sentAt, sentAt + this.timeoutMs);
  }

  /**
   * Whether the answer to a message may have come with more others than a receive
   * buffer holds, as nobody read for a while: with many under way it need not be long.
   */
  #overflowed(seq: number, longestMs: number): boolean {
    const from = Math.max(this.#recent.first, seq - this.capacity);
    const to = from + this.capacity;
    if (to > this.#recent.last) return false;
    // How long it takes to send what a buffer holds.
    const fillMs = this.#recent.sentAt(to) - this.#recent.sentAt(from);
    const sentAt = this.#recent.sentAt(seq);
    return fillMs < longestMs &&
      this.standstill.covers(sentAt, sentAt + longestMs, fillMs);
  }

  #notMeasured(seq: number, reason = STOOD_STILL): void {
    this.statistics.failed("notMeasured", reason);
    this.#settle(seq, State.SETTLED);
    this.#onEvent({
      type: "not_measured",
      flow: this.flow,
      seq,
      reason: `not measured, as ${reason}`,
    });
  }

  #settle(seq: number, state: State): void {
    if (this.awaits(seq)) this.#pending--;
    this.#recent.setState(seq, state);
    this.#tell();
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }

  #skipSettled(): void {
    this.#oldest = Math.max(this.#oldest, this.#recent.first);
    while (this.#oldest < this.#recent.last && !this.awaits(this.#oldest)) {
      this.#oldest++;
    }
  }
}
