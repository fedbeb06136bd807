/**
 * What the probe counts and measures, for one flow or for all of them.
 *
 * @module
 */

import { Distribution } from "./histogram.ts";
import { Jitter } from "./jitter.ts";
import { Moments } from "./moments.ts";

/** How often each thing happened. */
export interface Counts {
  /** Messages that were to leave: `sent + notSent`, and also `received + lost + notMeasured`. */
  due: number;
  /** Messages handed to the system. */
  sent: number;
  /** Messages that were due and never left. */
  notSent: number;
  /** Messages that came back unchanged and in time. */
  received: number;
  /** Messages of which nothing can be said, because this process was too slow or stood still. */
  notMeasured: number;
  /** Further copies of messages that had come back before. */
  duplicated: number;
  /** Messages that came back after one that was sent later (RFC 4737). */
  reordered: number;
  /** Copies that came back with a wrong bit or length. */
  damaged: number;
  /** Messages that came back after the time-out. */
  late: number;
  /** Messages that the system refused to send, or connections that were refused. */
  failed: number;
  /** What came in that is no message of ours, or from somewhere else. */
  stray: number;
  /** Messages that left later than they should have. */
  sentLate: number;
  /** Connections that the other side ended, or that broke. */
  closed: number;
}

const NONE: Readonly<Counts> = {
  due: 0,
  sent: 0,
  notSent: 0,
  received: 0,
  notMeasured: 0,
  duplicated: 0,
  reordered: 0,
  damaged: 0,
  late: 0,
  failed: 0,
  stray: 0,
  sentLate: 0,
  closed: 0,
};

/** A figure that has reasons. */
export type Explained = "failed" | "notSent" | "notMeasured" | "closed";

/** How often there was each reason for a figure. */
export interface Reason {
  readonly figure: Explained;
  /** The end of a sentence. */
  readonly reason: string;
  readonly count: number;
}

/** Counts and times of one flow. */
export class Statistics {
  readonly counts: Counts = { ...NONE };
  readonly #reasons = new Map<string, Reason>();
  /** Round-trip times of what was received. */
  readonly rtt = new Moments();
  readonly distribution = new Distribution();
  readonly #jitter = new Jitter();
  /** How much too late the latest message left, in milliseconds. */
  sentLateMaxMs = 0;

  /** Counts something that went wrong, with the reason. */
  failed(figure: Explained, reason: string, count = 1): void {
    this.counts[figure] += count;
    addReason(this.#reasons, { figure, reason, count });
  }

  get reasons(): readonly Reason[] {
    return [...this.#reasons.values()];
  }

  /** Counts a message that came back unchanged and in time. */
  received(rttMs?: number): void {
    this.counts.received++;
    if (rttMs === undefined) return;
    this.rtt.add(rttMs);
    this.distribution.add(rttMs);
    this.#jitter.add(rttMs);
  }

  /** Interarrival jitter, in milliseconds. */
  get jitterMs(): number {
    return this.#jitter.value;
  }
}

/** Counts and times of one flow or of several, at the end. */
export type Totals = Readonly<Omit<Statistics, "received" | "failed">>;

/**
 * Adds up flows. Their jitter is averaged, by how much each received: one computed
 * over the arrivals of all would see the difference between their paths as jitter.
 */
export function addUp(flows: readonly Statistics[]): Totals {
  const counts = addUpCounts(flows);
  const rtt = new Moments();
  const distribution = new Distribution();
  const reasons = new Map<string, Reason>();
  let jitter = 0;
  let sentLateMaxMs = 0;
  for (const flow of flows) {
    for (const reason of flow.reasons) addReason(reasons, reason);
    rtt.addAll(flow.rtt);
    distribution.addAll(flow.distribution);
    jitter += flow.jitterMs * flow.rtt.count;
    sentLateMaxMs = Math.max(sentLateMaxMs, flow.sentLateMaxMs);
  }
  return {
    counts,
    rtt,
    distribution,
    reasons: [...reasons.values()],
    jitterMs: rtt.count === 0 ? 0 : jitter / rtt.count,
    sentLateMaxMs,
  };
}

/** Adds up what was counted. */
export function addUpCounts(flows: readonly Statistics[]): Counts {
  const sums = { ...NONE };
  const names = Object.keys(NONE) as (keyof Counts)[];
  for (const { counts } of flows) {
    for (const name of names) sums[name] += counts[name];
  }
  return sums;
}

function addReason(reasons: Map<string, Reason>, one: Reason): void {
  const key = `${one.figure} ${one.reason}`;
  const count = (reasons.get(key)?.count ?? 0) + one.count;
  reasons.set(key, { ...one, count });
}

/** Messages that did not come back unchanged and in time: those that never came, the late and the damaged (RFC 7680 counts them so too), and those that the other side did not let us send. */
export function lost({ due, received, notMeasured }: Readonly<Counts>): number {
  return due - received - notMeasured;
}

/** Messages of which it is known whether they came back. */
function measured({ due, notMeasured }: Readonly<Counts>): number {
  return due - notMeasured;
}

/** The lost ones among the measured, in percent; nothing when none was measured. */
export function lossPercent(counts: Readonly<Counts>): number | undefined {
  const all = measured(counts);
  return all === 0 ? undefined : 100 * lost(counts) / all;
}
