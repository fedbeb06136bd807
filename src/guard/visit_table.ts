/**
 * @module
 */

/** So many sources' visits are remembered, each in the place that its hash gives it; whoever comes last has the place. */
const PLACES = 1 << 17;
/** What comes within a second of the last visit belongs to it. */
const VISIT_MS = 1000;
/** After so long a source's visits are counted anew. */
const FORGET_MS = 10 * 60_000;
const MOST_VISITS = 255;

/**
 * How often sources have come lately, answered or not, in memory that does not
 * grow. Amid 10,000 forged senders a second, one that comes every 10 s finds its
 * visits still there about every other time.
 */
export class VisitTable {
  readonly #hashes = new Int32Array(PLACES);
  readonly #visits = new Uint8Array(PLACES);
  readonly #lastAt = new Float64Array(PLACES);

  /**
   * Counts a datagram of a source.
   *
   * @returns How many visits that makes.
   */
  count(hash: number, now: number): number {
    const place = hash & (PLACES - 1);
    const silence = now - this.#lastAt[place];
    const visits = this.#hashes[place] === hash && silence < FORGET_MS
      ? this.#visits[place]
      : 0;
    if (visits > 0 && silence < VISIT_MS) return visits;
    this.#hashes[place] = hash;
    this.#lastAt[place] = now;
    return this.#visits[place] = Math.min(visits + 1, MOST_VISITS);
  }
}
