/**
 * The sources of datagrams and what each may be sent, in bounded memory.
 *
 * A million forged senders must neither fill the memory nor push out a known
 * client, and their number must not make the table forget what it sent to one of
 * them. So a new source shares an allowance with all sources whose hash gives the
 * same place. There are many places: nothing is ever forgotten, and new sources
 * together can use up only a few of them (`budget.ts`), so a given source is
 * hardly ever affected.
 *
 * A source that comes three times, a second apart, becomes a regular with an
 * allowance of its own. A regular keeps its place for ten minutes of silence.
 * When all places are taken and others come regularly, it keeps it for 90 s; then
 * the regular that was silent longest gives way, one every 150 ms. So nobody can
 * hold places without keeping them busy, and nobody can push out a regular that
 * comes every minute.
 *
 * @module
 */

import { Allowance } from "./allowance.ts";
import { VisitTable } from "./visit_table.ts";

/** This many visits make a regular. */
const VISITS = 3;
const PATIENCE_MS = 10 * 60_000;
const LEAST_PATIENCE_MS = 90_000;
/** Also bounds what all forged regulars together can be sent: this many times what one may be sent. */
const MAX_REGULARS = 4096;
/** Replacing all of them takes ten minutes. */
const TURNOVER_MS = PATIENCE_MS / MAX_REGULARS;
/** A regular moves to the end of the line this often, not for every datagram. */
const MOVE_MS = 1000;
/** New sources share 16,384 allowances, and can use up 64 of them at once. */
const SHARED_BITS = 14;

/** A source that was here before. */
class Regular extends Allowance {
  override regular = true;
  readonly hash: number;
  /** When it was last moved to the end of the line. */
  seenAt: number;

  constructor(hash: number, now: number) {
    super(now);
    this.hash = hash;
    this.seenAt = now;
  }
}

/** Remembers sources: 1 MB for the regulars, 3 MB for all others. */
export class SourceTable {
  /** In the order of their last datagram, to within a second; the longest silent is first. */
  readonly #regulars = new Map<string, Regular>();
  readonly #shared: (Allowance | undefined)[] = [];
  readonly #visits = new VisitTable();
  #nextTurnoverAt = -Infinity;

  /** How many regulars there are. */
  get regulars(): number {
    return this.#regulars.size;
  }

  /**
   * Finds what a source may be sent. Makes it a regular when it has come often
   * enough.
   *
   * @param hash The same for the same key; attackers cannot guess it.
   */
  find(key: string, hash: number, now: number): Allowance {
    const regular = this.#regulars.get(key);
    if (regular !== undefined) {
      if (now - regular.seenAt >= MOVE_MS) this.#moveToEnd(key, regular, now);
      return regular;
    }
    if (this.#visits.count(hash, now) < VISITS || !this.#hasPlace(now)) {
      return this.#sharedBy(hash, now);
    }
    const newRegular = new Regular(hash, now);
    newRegular.limitTo(this.#sharedBy(hash, now), now);
    this.#regulars.set(key, newRegular);
    return newRegular;
  }

  #moveToEnd(key: string, regular: Regular, now: number): void {
    regular.seenAt = now;
    this.#regulars.delete(key);
    this.#regulars.set(key, regular);
  }

  /** Whether there is a place for one more regular, if need be that of one who has long been silent. */
  #hasPlace(now: number): boolean {
    if (this.#regulars.size < MAX_REGULARS) return true;
    const [[key, oldest]] = this.#regulars;
    const silence = now - oldest.seenAt;
    if (silence < LEAST_PATIENCE_MS) return false;
    if (silence < PATIENCE_MS) {
      if (now < this.#nextTurnoverAt) return false;
      this.#nextTurnoverAt = now + TURNOVER_MS;
    }
    this.#regulars.delete(key);
    // What it was sent is not forgotten.
    this.#sharedBy(oldest.hash, now).limitTo(oldest, now);
    return true;
  }

  #sharedBy(hash: number, now: number): Allowance {
    // Other bits of the hash than visits go by.
    const place = hash >>> (32 - SHARED_BITS);
    return this.#shared[place] ??= new Allowance(now);
  }
}
