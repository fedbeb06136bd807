/**
 * How many replies a source of datagrams may get, and how large.
 *
 * A forged sender is a victim. So the budget bounds what all services of the
 * process together send to one source. Each of a million forged senders has its
 * own allowance, so it also bounds what all new sources together are sent. Known
 * sources do not share that bound: a flood does not silence them.
 *
 * @module
 */

import { Allowance, BURST_MS } from "./allowance.ts";

/** Why a reply is not sent. */
export type OverBudget = "rate" | "newcomers" | "amplification";

/** Until a source's address is validated, QUIC sends at most three times what it got (RFC 9000 §8); UDP has no validation. */
const AMPLIFICATION = 3;
/** IPv4 and UDP headers: a link carries them, too. */
const HEADER_BYTES = 28;
/** A larger reply counts as several, because it takes several packets. So bytes have a budget, too. */
const REPLY_BYTES = 1500;
/** All new sources together may get this many times what one may. */
const NEWCOMERS_SHARE = 32;

/** The budget of one service. */
export class Budget {
  readonly #replyMs: number;
  readonly #newcomers = new Allowance(0, NEWCOMERS_SHARE);

  /** @param repliesPerSecond For one source; the burst is twice that. */
  constructor(repliesPerSecond: number) {
    this.#replyMs = 1000 / repliesPerSecond;
  }

  /**
   * Takes one reply from a source's allowance.
   *
   * @param bytesIn The request's payload, and `bytesOut` the reply's.
   * @param now In milliseconds, from a clock that never goes back.
   * @returns Why it must not be sent; then nothing was taken.
   */
  take(
    source: Allowance,
    bytesIn: number,
    bytesOut: number,
    now: number,
  ): OverBudget | undefined {
    const bytes = bytesOut + HEADER_BYTES;
    const replyMs = this.#replyMs * Math.max(1, bytes / REPLY_BYTES);
    // One that is larger than a full allowance takes all of it, and the next ones wait.
    const needed = Math.min(replyMs, BURST_MS);
    const excess = Math.max(
      0,
      bytes - AMPLIFICATION * (bytesIn + HEADER_BYTES),
    );
    source.refill(now);
    if (source.replyMs < needed) return "rate";
    if (source.freeBytes < excess) return "amplification";
    if (!source.regular) {
      const together = this.#newcomers;
      together.refill(now);
      if (together.replyMs < needed || together.freeBytes < excess) {
        return "newcomers";
      }
      together.replyMs -= replyMs;
      together.freeBytes -= excess;
    }
    source.replyMs -= replyMs;
    source.freeBytes -= excess;
  }
}
