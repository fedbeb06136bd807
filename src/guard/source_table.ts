/**
 * The sources of datagrams that are remembered, in bounded memory.
 *
 * A million forged senders must neither fill the memory nor push out a client
 * that was there before. So there are two halves, as in a segmented LRU cache:
 * whoever is new passes through the first, in order of arrival; whoever is still
 * there a second later is a regular, and only other regulars can push it out.
 *
 * @module
 */

/** What is known of one source. */
export class Source {
  /** When it came, and when its budget was last brought up to date, in milliseconds. */
  readonly arrivedAt: number;
  updatedAt: number;
  /** Whether it was here more than a moment ago. */
  regular = false;
  /** Whether the access rules let it use the service. */
  allowed = true;
  /** Whether the budget does not count for it. */
  exempt = false;
  /** Replies that it may have now, and bytes by which they may exceed its requests: see `budget.ts`. */
  replies = 0;
  credit = 0;
  /** A datagram seen before, and how often since: see `loop.ts`. */
  readonly loop = { mark: 0, repeats: 0, others: 0, seenAt: 0 };

  constructor(now: number) {
    this.arrivedAt = now;
    this.updatedAt = now;
  }
}

/** How long a source stays new. */
const NEW_MS = 1000;

/** Remembers sources by key, at most `capacity` of them. */
export class SourceTable {
  readonly #half: number;
  readonly #newcomers = new Map<string, Source>();
  readonly #regulars = new Map<string, Source>();

  constructor(capacity: number) {
    this.#half = Math.floor(capacity / 2);
  }

  /** How many sources are remembered. */
  get size(): number {
    return this.#newcomers.size + this.#regulars.size;
  }

  /** Finds a source. `now` is in milliseconds. */
  get(key: string, now: number): Source | undefined {
    const regular = this.#regulars.get(key);
    if (regular) {
      // To the end of the order of use, but not for every datagram of a busy source.
      if (now - regular.updatedAt >= NEW_MS) {
        this.#regulars.delete(key);
        this.#regulars.set(key, regular);
      }
      return regular;
    }
    const newcomer = this.#newcomers.get(key);
    if (newcomer && now - newcomer.arrivedAt >= NEW_MS) {
      newcomer.regular = true;
      this.#newcomers.delete(key);
      insert(this.#regulars, key, newcomer, this.#half);
    }
    return newcomer;
  }

  /** Remembers a new source. */
  add(key: string, source: Source): void {
    insert(this.#newcomers, key, source, this.#half);
  }
}

/** Inserts at the end, and makes room at the beginning. */
function insert(
  map: Map<string, Source>,
  key: string,
  source: Source,
  capacity: number,
): void {
  if (map.size >= capacity) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  map.set(key, source);
}
