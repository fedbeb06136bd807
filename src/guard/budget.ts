/**
 * How many replies a source of datagrams may have, and how large.
 *
 * All of it is token buckets. A forged sender is a victim, so what is bounded is
 * what one source can be sent; and as each of a million forged senders has its
 * own bucket, what all the new ones together can be sent is bounded too. Sources
 * that were there before do not share that bound: a flood does not silence them.
 *
 * @module
 */

import type { Source } from "./source_table.ts";

/** Why a reply is not sent. */
export type OverBudget = "rate" | "newcomers" | "amplification";

/** Until a source's address is validated, QUIC sends at most three times what it got (RFC 9000 §8); UDP has no validation. */
const AMPLIFICATION = 3;
/** Beyond that a source may have so much: a tutorial's worth of quotes, refilled in a minute. */
const FREE_BYTES = 16 * 1024;
const FREE_BYTES_PER_MS = FREE_BYTES / 60_000;
/** IPv4 and UDP headers, which are part of what a link carries. */
const HEADER_BYTES = 28;
/** New sources together may have this many times what one may. */
const NEWCOMERS_SHARE = 10;

/** The budgets of one service. */
export class Budget {
  readonly #perSecond: number;
  readonly #burst: number;
  #newcomers: number;
  #newcomersAt = 0;

  /** @param perSecond Replies a second for one source; the burst is twice that. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#burst = 2 * perSecond;
    this.#newcomers = NEWCOMERS_SHARE * this.#burst;
  }

  /** A full budget, for a source seen for the first time. */
  fill(source: Source): void {
    source.replies = this.#burst;
    source.credit = FREE_BYTES;
  }

  /**
   * Takes one reply from a source's budget.
   *
   * @param bytesIn The request's payload, and `bytesOut` the reply's.
   * @param now In milliseconds, from a clock that never goes back.
   * @returns Why it must not be sent; then only the request has been counted.
   */
  take(
    source: Source,
    bytesIn: number,
    bytesOut: number,
    now: number,
  ): OverBudget | undefined {
    const passed = now - source.updatedAt;
    source.updatedAt = now;
    source.replies = Math.min(
      this.#burst,
      source.replies + passed * this.#perSecond / 1000,
    );
    source.credit = Math.min(
      FREE_BYTES,
      source.credit + passed * FREE_BYTES_PER_MS,
    );
    if (source.replies < 1) return "rate";

    const excess = bytesOut + HEADER_BYTES -
      AMPLIFICATION * (bytesIn + HEADER_BYTES);
    if (excess > source.credit) return "amplification";
    if (!source.regular && !this.#takeNewcomer(now)) return "newcomers";

    source.replies--;
    source.credit -= Math.max(0, excess);
  }

  #takeNewcomer(now: number): boolean {
    const passed = now - this.#newcomersAt;
    this.#newcomersAt = now;
    this.#newcomers = Math.min(
      NEWCOMERS_SHARE * this.#burst,
      this.#newcomers + passed * NEWCOMERS_SHARE * this.#perSecond / 1000,
    );
    if (this.#newcomers < 1) return false;
    this.#newcomers--;
    return true;
  }
}
