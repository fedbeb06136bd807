/**
 * Whether a ping was good enough, for scripts and monitoring.
 *
 * @module
 */

import type { Figures } from "./summary.ts";

/** How bad a ping may be. */
export interface Thresholds {
  readonly maxLossPercent: number;
  readonly maxP99Ms?: number;
  readonly maxJitterMs?: number;
}

/** One threshold, and how it was met. */
export interface Verdict {
  readonly name:
    | "max_loss_percent"
    | "max_p99_ms"
    | "max_jitter_ms"
    | "max_closed";
  readonly limit: number;
  /** Absent when there was nothing to measure. */
  readonly value?: number;
  readonly ok: boolean;
}

/** What each measures, its unit, and why it may be unknown. */
const PHRASES: Readonly<
  Record<Verdict["name"], readonly [string, string, string]>
> = {
  max_loss_percent: ["loss", "%", "nothing was measured"],
  max_p99_ms: ["p99", " ms", "nothing came back"],
  max_jitter_ms: ["jitter", " ms", "nothing came back"],
  max_closed: ["the number of closed connections", "", ""],
};

/** Holds the figures against the thresholds: the loss, and no connection that ended early, always; the others if they are set. */
export function judge(
  { counts, lossPercent, rtt, jitterMs }: Figures,
  { maxLossPercent, maxP99Ms, maxJitterMs }: Thresholds,
): readonly Verdict[] {
  const jitter = rtt && jitterMs;
  return [
    verdict("max_loss_percent", maxLossPercent, lossPercent),
    verdict("max_closed", 0, counts.closed),
    ...(maxP99Ms === undefined
      ? []
      : [verdict("max_p99_ms", maxP99Ms, rtt?.p99)]),
    ...(maxJitterMs === undefined
      ? []
      : [verdict("max_jitter_ms", maxJitterMs, jitter)]),
  ];
}

/** Says how a threshold was missed: `loss is 3%, more than 1%`. */
export function describeVerdict({ name, limit, value }: Verdict): string {
  const [what, unit, whyUnknown] = PHRASES[name];
  if (value === undefined) return `${what} is unknown: ${whyUnknown}`;
  const figure = Number(value.toPrecision(4));
  // Rounding must not make the two look the same.
  return `${what} is ${
    figure > limit ? figure : value
  }${unit}, more than ${limit}${unit}`;
}

function verdict(
  name: Verdict["name"],
  limit: number,
  value: number | undefined,
): Verdict {
  return { name, limit, value, ok: value !== undefined && value <= limit };
}
