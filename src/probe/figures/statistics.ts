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
  /** Messages handed to the system. */
  sent: number;
  /** Messages that came back unchanged and in time. */
  received: number;
  /** Further copies of messages that had come back before. */
  duplicated: number;
  /** Messages that came back after one that was sent later (RFC 4737). */
  reordered: number;
  /** Messages that came back, first of all, with a wrong bit or length. */
  damaged: number;
  /** Messages that came back after the time-out. */
  late: number;
  /** Messages that could not be sent, or connections that were refused. */
  failed: number;
  /** What came in that is no message of ours, or from somewhere else. */
  stray: number;
  /** Messages that left later than they should have. */
  sentLate: number;
  /** Connections that the other side ended, or that broke. */
  closed: number;
}

const NONE: Readonly<Counts> = {
  sent: 0,
  received: 0,
  duplicated: 0,
  reordered: 0,
  damaged: 0,
  late: 0,
  failed: 0,
  stray: 0,
  sentLate: 0,
  closed: 0,
};

/** Counts and times of one flow. */
export class Statistics {
  readonly counts: Counts = { ...NONE };
  /** Round-trip times of what was received. */
  readonly rtt = new Moments();
  readonly distribution = new Distribution();
  readonly #jitter = new Jitter();
  /** How much too late the latest message left, in milliseconds. */
  sentLateMaxMs = 0;

  /** Counts a message that came back unchanged and in time. */
  received(rttMs: number): void {
    this.counts.received++;
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
export type Totals = Readonly<Omit<Statistics, "received">>;

/**
 * Adds up flows. Their jitter is averaged, by how much each received: one computed
 * over the arrivals of all would see the difference between their paths as jitter.
 */
export function addUp(flows: readonly Statistics[]): Totals {
  const counts = addUpCounts(flows);
  const rtt = new Moments();
  const distribution = new Distribution();
  let jitter = 0;
  let sentLateMaxMs = 0;
  for (const flow of flows) {
    rtt.addAll(flow.rtt);
    distribution.addAll(flow.distribution);
    jitter += flow.jitterMs * flow.counts.received;
    sentLateMaxMs = Math.max(sentLateMaxMs, flow.sentLateMaxMs);
  }
  return {
    counts,
    rtt,
    distribution,
    jitterMs: counts.received === 0 ? 0 : jitter / counts.received,
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

/** Messages that did not come back unchanged and in time: those that never came, the late and the damaged (RFC 7680 counts them so too). */
export function lost({ sent, received }: Readonly<Counts>): number {
  return sent - received;
}

/** The lost ones among the sent, in percent; 0 when nothing was sent. */
export function lossPercent(counts: Readonly<Counts>): number {
  return counts.sent === 0 ? 0 : 100 * lost(counts) / counts.sent;
}
