/**
 * @module
 */

/** Replies may be sent at once for so long at the rate that is set. */
export const BURST_MS = 2000;
/** Bytes by which the replies of a minute may exceed three times their requests: 18 quotes of the longest kind. */
export const FREE_BYTES = 8 * 1024;
const FREE_BYTES_PER_MS = FREE_BYTES / 60_000;

/** What somebody may be sent: two buckets, which fill with time. */
export class Allowance {
  /**
   * Replies, as the milliseconds in which so many may be sent: services that have
   * different rates share it. Less than 0 after a reply that was larger than all of it.
   */
  replyMs: number;
  freeBytes: number;
  /** Whether its owner was here before. */
  regular = false;
  readonly #times: number;
  #updatedAt: number;

  /** A full one, of so many times the size of one source's. */
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
