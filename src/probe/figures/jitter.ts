/**
 * Interarrival jitter, {@link https://www.rfc-editor.org/rfc/rfc3550#section-6.4.1 RFC 3550 §6.4.1}.
 *
 * @module
 */

/** How much of each new difference goes into the estimate. */
const GAIN = 1 / 16;

/**
 * The jitter of one flow: J += (|D| − J) / 16, where D is by how much the spacing
 * of two messages changed on the way, in the order of arrival. One clock sees both
 * ends, so D is the difference of two round-trip times.
 */
export class Jitter {
  #previous: number | undefined;
  #jitter = 0;

  /** Takes the round-trip time of the next arrival, in milliseconds. */
  add(rttMs: number): void {
    if (this.#previous !== undefined) {
      const difference = Math.abs(rttMs - this.#previous);
      this.#jitter += (difference - this.#jitter) * GAIN;
    }
    this.#previous = rttMs;
  }

  /** In milliseconds. */
  get value(): number {
    return this.#jitter;
  }
}
