/**
 * Medians and spread, and how numbers are written.
 *
 * @module
 */

/** What several runs of the same thing came to. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly runs: number;
}

/** Sums up runs; those without a figure are left out. */
export function summarize(values: readonly number[]): Summary {
  const sorted = values.filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return {
    median: sorted.length === 0
      ? NaN
      : (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2,
    least: sorted[0] ?? NaN,
    most: sorted.at(-1) ?? NaN,
    runs: sorted.length,
  };
}

/** The median of the ratios of two series, round by round: within a round, the machine was the same for both. */
export function medianRatio(
  values: readonly number[],
  bases: readonly number[],
): number {
  const ratios = values.map((value, round) => value / bases[round]);
  return summarize(ratios.filter(Number.isFinite)).median;
}

/** Three significant digits, thousands divided; a dash for what is not known. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const magnitude = Math.abs(value);
  const digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: magnitude === 0 ? 0 : digits,
    maximumFractionDigits: digits,
  });
}

/** A ratio: "1.04×". */
export function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)}×` : "–";
}
