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

import { Source } from "./source_table.ts";

/** Why a reply is not sent. */
export type OverBudget = "rate" | "newcomers" | "amplification";

/** Until a source's address is validated, QUIC sends at most three times what it got (RFC 9000 §8); UDP has no validation. */
const AMPLIFICATION = 3;
/** Beyond that a source may have so much: 18 quotes of the longest kind, refilled in a minute. */
const FREE_BYTES = 8 * 1024;
/** IPv4 and UDP headers, which are part of what a link carries. */
const HEADER_BYTES = 28;
/** New sources together may have this many times what one may. */
const NEWCOMERS_SHARE = 32;

/** What may be sent now, as of `updatedAt` in milliseconds. */
interface Allowance {
  replies: number;
  /** Bytes by which replies may still exceed {@linkcode AMPLIFICATION} times their requests. */
  freeBytes: number;
  updatedAt: number;
}

/** How fast an allowance grows, and to what. */
class Rate {
  readonly #repliesPerMs: number;
  readonly #burst: number;
  readonly #freeBytesPerMs: number;
  readonly #mostFreeBytes: number;

  constructor(repliesPerSecond: number, freeBytesPerMinute: number) {
    this.#repliesPerMs = repliesPerSecond / 1000;
    this.#burst = 2 * repliesPerSecond;
    this.#freeBytesPerMs = freeBytesPerMinute / 60_000;
    this.#mostFreeBytes = freeBytesPerMinute;
  }

  fill(allowance: Allowance): void {
    allowance.replies = this.#burst;
    allowance.freeBytes = this.#mostFreeBytes;
  }

  refill(allowance: Allowance, now: number): void {
    const passed = now - allowance.updatedAt;
    allowance.updatedAt = now;
    allowance.replies = Math.min(
      allowance.replies + passed * this.#repliesPerMs,
      this.#burst,
    );
    allowance.freeBytes = Math.min(
      allowance.freeBytes + passed * this.#freeBytesPerMs,
      this.#mostFreeBytes,
    );
  }
}

/** The budgets of one service. */
export class Budget {
  readonly #each: Rate;
  readonly #newcomers: Rate;
  readonly #newcomersAllowance = { replies: 0, freeBytes: 0, updatedAt: 0 };

  /** @param repliesPerSecond For one source; the burst is twice that. */
  constructor(repliesPerSecond: number) {
    this.#each = new Rate(repliesPerSecond, FREE_BYTES);
    this.#newcomers = new Rate(
      NEWCOMERS_SHARE * repliesPerSecond,
      NEWCOMERS_SHARE * FREE_BYTES,
    );
    this.#newcomers.fill(this.#newcomersAllowance);
  }

  /** A source seen for the first time, with a full allowance. */
  newSource(now: number): Source {
    const source = new Source(now);
    this.#each.fill(source);
    return source;
  }

  /**
   * Takes one reply from a source's allowance.
   *
   * @param bytesIn The request's payload, and `bytesOut` the reply's.
   * @param now In milliseconds, from a clock that never goes back.
   * @returns Why it must not be sent; then nothing was taken.
   */
  take(
    source: Source,
    bytesIn: number,
    bytesOut: number,
    now: number,
  ): OverBudget | undefined {
    this.#each.refill(source, now);
    if (source.replies < 1) return "rate";
    const excess = Math.max(
      0,
      bytesOut + HEADER_BYTES - AMPLIFICATION * (bytesIn + HEADER_BYTES),
    );
    if (source.freeBytes < excess) return "amplification";
    if (!source.regular) {
      const together = this.#newcomersAllowance;
      this.#newcomers.refill(together, now);
      if (together.replies < 1 || together.freeBytes < excess) {
        return "newcomers";
      }
      spend(together, excess);
    }
    spend(source, excess);
  }
}

function spend(allowance: Allowance, excess: number): void {
  allowance.replies--;
  allowance.freeBytes -= excess;
}
