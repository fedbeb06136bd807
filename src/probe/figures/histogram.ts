/**
 * How round-trip times are distributed, to three digits over any range
 * (HdrHistogram).
 *
 * @module
 */

import { Int32Histogram } from "hdr-histogram-js";

/** Times are recorded in whole nanoseconds. */
const PER_MS = 1e6;
/** Digits that are kept of each time: an error of less than 0.1%. */
const DIGITS = 3;

/** How often times of about the same length were seen. */
export interface Bin {
  /** The middle of the bin, in milliseconds. */
  readonly ms: number;
  readonly count: number;
}

/** So many times are kept as they are; a histogram of more takes 80 KB, which adds up over thousands of flows. */
const MOST_KEPT = 256;

/** The distribution of round-trip times. */
export class Distribution {
  #kept: number[] = [];
  /** Instead of what is kept, once that is too many. */
  #histogram: Int32Histogram | undefined;
  #maxMs = 0;

  /** Adds a time in milliseconds. */
  add(ms: number): void {
    this.#maxMs = Math.max(this.#maxMs, ms);
    if (this.#histogram) return record(this.#histogram, ms);
    this.#kept.push(ms);
    if (this.#kept.length > MOST_KEPT) this.#toHistogram();
  }

  /** Adds all that another one has. */
  addAll(other: Distribution): void {
    for (const ms of other.#kept) this.add(ms);
    if (!other.#histogram) return;
    this.#toHistogram().add(other.#histogram);
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  get count(): number {
    return this.#histogram?.totalCount ?? this.#kept.length;
  }

  /** The time that so many percent did not exceed, in milliseconds; 0 when there is none. */
  percentile(percent: number): number {
    if (!this.#histogram) {
      const sorted = this.#kept.toSorted((a, b) => a - b);
      return sorted.at(rank(percent, sorted.length) - 1) ?? 0;
    }
    const value = this.#histogram.getValueAtPercentile(percent) / PER_MS;
    // The library answers with the end of a bin, which can lie beyond the longest time in it.
    return Math.min(value, this.#maxMs);
  }

  /** What was recorded, from the shortest time to the longest. */
  *bins(): Generator<Bin> {
    if (!this.#histogram) {
      const counts = new Map<number, number>();
      for (const ms of this.#kept.toSorted((a, b) => a - b)) {
        counts.set(ms, (counts.get(ms) ?? 0) + 1);
      }
      for (const [ms, count] of counts) yield { ms, count };
      return;
    }
    const histogram = this.#histogram;
    const iterator = histogram.recordedValuesIterator;
    iterator.reset();
    while (iterator.hasNext()) {
      const { valueIteratedTo, countAtValueIteratedTo } = iterator.next();
      yield {
        ms: histogram.medianEquivalentValue(valueIteratedTo) / PER_MS,
        count: countAtValueIteratedTo,
      };
    }
  }

  #toHistogram(): Int32Histogram {
    if (this.#histogram) return this.#histogram;
    const histogram = new Int32Histogram(1, 2, DIGITS);
    histogram.autoResize = true;
    for (const ms of this.#kept) record(histogram, ms);
    this.#kept = [];
    return this.#histogram = histogram;
  }
}

function record(histogram: Int32Histogram, ms: number): void {
  histogram.recordValue(Math.max(0, Math.round(ms * PER_MS)));
}

/** Which of so many, in order, a percentile is. */
function rank(percent: number, count: number): number {
  return Math.max(1, Math.ceil(percent / 100 * count - 1e-9));
}
