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

/** The distribution of round-trip times. */
export class Distribution {
  readonly #histogram = new Int32Histogram(1, 2, DIGITS);
  #maxMs = 0;

  constructor() {
    this.#histogram.autoResize = true;
  }

  /** Adds a time in milliseconds. */
  add(ms: number): void {
    this.#histogram.recordValue(Math.max(0, Math.round(ms * PER_MS)));
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** Adds all that another one has. */
  addAll(other: Distribution): void {
    this.#histogram.add(other.#histogram);
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  /** The time that so many percent did not exceed, in milliseconds; 0 when there is none. */
  percentile(percent: number): number {
    const value = this.#histogram.getValueAtPercentile(percent) / PER_MS;
    // The library answers with the end of a bin, which can lie beyond the longest time in it.
    return Math.min(value, this.#maxMs);
  }

  /** What was recorded, from the shortest time to the longest. */
  *bins(): Generator<Bin> {
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
}
