/**
 * The sources of datagrams that are remembered, in bounded memory.
 *
 * A million forged senders must neither fill the memory nor push out a client
 * that was there before. So whoever is new passes through a queue, in order of
 * arrival, and whoever comes again a second later becomes a regular. A regular
 * keeps its place for as long as it is heard of every ten minutes, whatever else
 * comes; where all places are kept, the others stay new.
 *
 * @module
 */

/** What is known of one source. */
export class Source {
  /** When it came, and when it was last moved to the end of the regulars, in milliseconds. */
  readonly arrivedAt: number;
  seenAt: number;
  /** Whether it was here more than a moment ago. */
  regular = false;
  /** What it may have now, as of `updatedAt`: see `budget.ts`. */
  replies = 0;
  freeBytes = 0;
  updatedAt: number;

  constructor(now: number) {
    this.arrivedAt = now;
    this.seenAt = now;
    this.updatedAt = now;
  }
}

/** How long a source stays new. */
const NEW_MS = 1000;
/** For how long a regular's place is kept without a sign of it. */
const PATIENCE_MS = 10 * 60 * 1000;
/** The last so many newcomers are remembered, and up to as many before them: for longer than {@linkcode NEW_MS}, at what `budget.ts` lets in. */
const NEWCOMERS = 8192;
/** Also bounds what forged regulars can be sent together: so many times what one may. */
const MAX_REGULARS = 4096;

/** Remembers sources by key. A source is about 200 bytes: 4 MB for a full table. */
export class SourceTable {
  #newcomers = new Map<string, Source>();
  /** Those that came before, forgotten all at once: to forget the oldest one by one is slow in a large `Map`. */
  #earlier = new Map<string, Source>();
  /** The one not heard of for longest is first, to within a second. */
  readonly #regulars = new Map<string, Source>();
  #fullUntil = 0;

  /** How many sources are remembered. */
  get size(): number {
    return this.#newcomers.size + this.#earlier.size + this.#regulars.size;
  }

  /** Finds a source, which makes a regular of it when it has been here for long enough. */
  get(key: string, now: number): Source | undefined {
    const regular = this.#regulars.get(key);
    if (regular) {
      // Not for every datagram of a busy source.
      if (now - regular.seenAt >= NEW_MS) this.#moveToEnd(key, regular, now);
      return regular;
    }
    const newcomer = this.#newcomers.get(key) ?? this.#earlier.get(key);
    if (
      newcomer && now - newcomer.arrivedAt >= NEW_MS && this.#hasPlace(now)
    ) {
      newcomer.regular = true;
      this.#newcomers.delete(key);
      this.#earlier.delete(key);
      this.#moveToEnd(key, newcomer, now);
    }
    return newcomer;
  }

  /** Remembers a new source. */
  add(key: string, source: Source): void {
    if (this.#newcomers.size >= NEWCOMERS) {
      this.#earlier = this.#newcomers;
      this.#newcomers = new Map();
    }
    this.#newcomers.set(key, source);
  }

  #moveToEnd(key: string, source: Source, now: number): void {
    source.seenAt = now;
    this.#regulars.delete(key);
    this.#regulars.set(key, source);
  }

  /** Whether there is a place for one more regular, if need be that of one who has long been silent. */
  #hasPlace(now: number): boolean {
    if (this.#regulars.size < MAX_REGULARS) return true;
    if (now < this.#fullUntil) return false;
    const [[key, { seenAt }]] = this.#regulars;
    this.#fullUntil = seenAt + PATIENCE_MS;
    return now >= this.#fullUntil && this.#regulars.delete(key);
  }
}
