/**
 * The figures of a ping: what every report is made from.
 *
 * @module
 */

import type { Distribution } from "./histogram.ts";
import {
  addUp,
  type Counts,
  lossPercent,
  lost,
  type Reason,
  type Statistics,
  type Totals,
} from "./statistics.ts";

/** Round-trip times, in milliseconds. */
export interface Rtt {
  /** How many times there are: fewer than were received where some cannot be told. */
  readonly count: number;
  readonly min: number;
  readonly avg: number;
  readonly max: number;
  /** The standard deviation, as iputils computes it. */
  readonly mdev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p99_9: number;
}

/** The figures of one flow, or of all. */
export interface Figures {
  readonly counts: Readonly<Counts>;
  /** Those that did not come back unchanged and in time, or were not let out. */
  readonly lost: number;
  /** Of those that were measured; absent when none was. */
  readonly lossPercent?: number;
  /** Absent when nothing was received. */
  readonly rtt?: Rtt;
  /** RFC 3550 §6.4.1, in milliseconds. */
  readonly jitterMs: number;
}

/** The figures of a whole ping. */
export interface Summary {
  readonly total: Figures;
  readonly flows: readonly Figures[];
  readonly distribution: Distribution;
  /** Why messages failed, were not sent or not measured, and connections ended. */
  readonly reasons: readonly Reason[];
  /** From the first message to the end, in milliseconds. */
  readonly durationMs: number;
  /** How much too late the latest message left, in milliseconds. */
  readonly sentLateMaxMs: number;
}

/** A flow, as far as its figures go. */
interface Counted {
  readonly ledger: { readonly statistics: Statistics };
}

/** Works out the figures. */
export function summarize(
  flows: readonly Counted[],
  durationMs: number,
): Summary {
  const statistics = flows.map(({ ledger }) => ledger.statistics);
  const totals = addUp(statistics);
  return {
    total: figures(totals),
    flows: statistics.map(figures),
    distribution: totals.distribution,
    reasons: totals.reasons,
    durationMs,
    sentLateMaxMs: totals.sentLateMaxMs,
  };
}

function figures(
  { counts, rtt, distribution, jitterMs }: Omit<Totals, "reasons">,
): Figures {
  return {
    counts,
    lost: lost(counts),
    lossPercent: lossPercent(counts),
    rtt: rtt.count === 0 ? undefined : {
      count: rtt.count,
      min: rtt.min,
      avg: rtt.avg,
      max: rtt.max,
      mdev: rtt.mdev,
      p50: distribution.percentile(50),
      p90: distribution.percentile(90),
      p99: distribution.percentile(99),
      p99_9: distribution.percentile(99.9),
    },
    jitterMs,
  };
}
