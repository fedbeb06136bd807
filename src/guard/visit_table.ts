/**
 * @module
 */

/** The number of places. The hash of a source gives its place; the last source that came has it. */
const PLACES = 1 << 17;
/** Datagrams within a second of the last visit belong to that visit. */
const VISIT_MS = 1000;
/** After this long, the visits of a source are counted anew. */
const FORGET_MS = 10 * 60_000;
const MOST_VISITS = 255;

/**
 * Counts the recent visits of sources, answered or not, in memory that does not
 * grow. Among 10,000 forged senders a second, the visits of a source that comes
 * every 10 s are still there about every other time.
 */
export class VisitTable {
  readonly #hashes = new Int32Array(PLACES);
  readonly #visits = new Uint8Array(PLACES);
  readonly #lastAt = new Float64Array(PLACES);

  /**
   * Counts a datagram of a source.
   *
   * @returns The number of visits so far.
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
