/**
 * Figures as ping prints them.
 *
 * @module
 */

import type { Rtt } from "../figures/summary.ts";

/** A time in milliseconds with as many digits as ping gives it: `0.123`, `12.3`, `1234`. */
export function formatMs(ms: number): string {
  const digits = ms >= 99.95 ? 0 : ms >= 9.995 ? 1 : ms >= 0.9995 ? 2 : 3;
  return ms.toFixed(digits);
}

/** Times in milliseconds to the microsecond, as ping's last line has them: `0.045/0.056/0.071`. */
export function joinMs(...times: readonly number[]): string {
  return times.map((ms) => ms.toFixed(3)).join("/");
}

/** Percent with six digits, as ping prints it: `0%`, `33.3333%`. It is 0% or 100% only if it is just that. */
export function formatPercent(percent: number): string {
  const rounded = Number(percent.toPrecision(6));
  return `${rounded === 100 ? percent : rounded}%`;
}

/** A share that was lost: `3% loss`; or that none was measured. */
export function formatLoss(lossPercent: number | undefined): string {
  return lossPercent === undefined
    ? "loss unknown"
    : `${formatPercent(lossPercent)} loss`;
}

/** `min/avg/max/mdev` of round-trip times. */
export function formatRtt({ min, avg, max, mdev }: Rtt): string {
  return joinMs(min, avg, max, mdev);
}
