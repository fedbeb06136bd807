/**
 * @module
 */

/** The size of a burst, as the time in which the configured rate sends as many replies. */
export const BURST_MS = 2000;
/** Bytes by which the replies of a minute may exceed three times their requests: 18 quotes of the longest kind. */
export const FREE_BYTES = 8 * 1024;
const FREE_BYTES_PER_MS = FREE_BYTES / 60_000;

/** What a source may be sent: two buckets that fill with time. */
export class Allowance {
  /**
   * Replies, as the milliseconds in which that many may be sent, because services
   * with different rates share it. Below 0 after a reply that took more than
   * there was.
   */
  replyMs: number;
  freeBytes: number;
  /** Whether it belongs to a regular. */
  regular = false;
  readonly #times: number;
  #updatedAt: number;

  /** Makes a full one, `times` the size of one source's. */
  constructor(now: number, times = 1) {
    this.#times = times;
    this.#updatedAt = now;
    this.replyMs = times * BURST_MS;
    this.freeBytes = times * FREE_BYTES;
  }

  /** Adds what has come since the last time. */
  refill(now: number): void {
    const times = this.#times;
    const passed = now - this.#updatedAt;
    this.#updatedAt = now;
    this.replyMs = Math.min(this.replyMs + passed * times, times * BURST_MS);
    this.freeBytes = Math.min(
      this.freeBytes + passed * times * FREE_BYTES_PER_MS,
      times * FREE_BYTES,
    );
  }

  /** Takes no more than another has. */
  limitTo(other: Allowance, now: number): void {
    this.refill(now);
    other.refill(now);
    this.replyMs = Math.min(this.replyMs, other.replyMs);
    this.freeBytes = Math.min(this.freeBytes, other.freeBytes);
  }
}
