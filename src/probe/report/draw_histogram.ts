/**
 * A histogram for the terminal.
 *
 * @module
 */

import { formatPercent } from "./format.ts";
import type { Distribution } from "../figures/histogram.ts";

/** About so many bars, and one for the few that took longest. */
const BARS = 10;
/** So many percent are drawn to scale: the few slowest would leave a single bar of all others. */
const DRAWN_PERCENT = 95;
/** A bar is at least so much of the time it stands for: finer, it would show the bins in which times are kept. */
const FINEST = 0.01;

interface Bar {
  readonly label: string;
  count: number;
}

/** Draws how round-trip times are distributed, in bars that fit a width in columns, a line each. */
export function drawHistogram(
  distribution: Distribution,
  width: number,
): string[] {
  const bars = count(distribution);
  const labelWidth = Math.max(...bars.map(({ label }) => label.length));
  const most = Math.max(...bars.map(({ count }) => count));
  const countWidth = `${most}`.length;
  const barWidth = Math.max(
    10,
    Math.min(60, width - labelWidth - countWidth - 14),
  );
  return bars.map(({ label, count }) => {
    const length = count === 0
      ? 0
      : Math.max(1, Math.round(barWidth * count / most));
    const share = formatPercent(
      Math.round(1000 * count / distribution.count) / 10,
    );
    return `${label.padStart(labelWidth)} ms  ${
      "█".repeat(length).padEnd(barWidth)
    } ` +
      `${`${count}`.padStart(countWidth)} ${share}`;
  });
}

function count(distribution: Distribution): Bar[] {
  const from = distribution.percentile(0);
  const to = distribution.percentile(DRAWN_PERCENT);
  const step = niceStep(Math.max((to - from) / BARS, to * FINEST) || 1);
  const first = Math.floor(from / step);
  const last = Math.floor(to / step);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const bars: Bar[] = [];
  for (let i = first; i <= last; i++) {
    const bounds = [i, i + 1].map((n) => (n * step).toFixed(digits));
    bars.push({ label: bounds.join("–"), count: 0 });
  }
  const tail: Bar = {
    label: `over ${((last + 1) * step).toFixed(digits)}`,
    count: 0,
  };
  for (const { ms, count } of distribution.bins()) {
    const i = Math.max(0, Math.floor(ms / step) - first);
    (bars[i] ?? tail).count += count;
  }
  const isUsed = ({ count }: Bar) => count > 0;
  const drawn = bars.slice(
    bars.findIndex(isUsed),
    bars.findLastIndex(isUsed) + 1,
  );
  return tail.count === 0 ? drawn : [...drawn, tail];
}

/** The next of 1, 2, 5, 10, … (times a power of ten) that is not less. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((factor) => factor * power >= step) ?? 10;
  return factor * power;
}
