/**
 * When this process stood still: stopped (Ctrl-Z), or its machine taken away.
 *
 * @module
 */

/** A process that does nothing for longer than this stood still, in milliseconds. */
export const STANDSTILL_MS = 500;
/** After it, so much time to read what has come in meanwhile, in milliseconds. */
const CATCH_UP_MS = 20;
/** So many standstills are remembered, the latest. */
const MOST_REMEMBERED = 64;

/** One of them, by `performance.now()`. */
interface Pause {
  readonly from: number;
  readonly to: number;
}

/**
 * Watches the clock. Whoever does something says so with {@linkcode look}; a timer
 * has to do it at least every {@linkcode STANDSTILL_MS}. What nobody looks at never
 * stands still.
 */
export class Standstill {
  readonly #pauses: Pause[] = [];
  #aliveAt: number | undefined;
  #totalMs = 0;

  /** How long this process has stood still in all, in milliseconds. */
  get totalMs(): number {
    return this.#totalMs;
  }

  /** Notes that this process is alive, before it does anything else. */
  look(now: number): void {
    const from = this.#aliveAt ??= now;
    this.#aliveAt = now;
    if (now - from <= STANDSTILL_MS) return;
    this.#totalMs += now - from;
    this.#pauses.push({ from, to: now });
    if (this.#pauses.length > MOST_REMEMBERED) this.#pauses.shift();
  }

  /** Whether what is read now may have waited for this process to go on. */
  catchesUp(now: number): boolean {
    const last = this.#pauses.at(-1);
    return last !== undefined && now <= last.to + CATCH_UP_MS;
  }

  /** Whether something that was under way from one time until another, at the most, may have come in while nobody read it. */
  covers(from: number, until: number): boolean {
    return this.#pauses.some((pause) =>
      from <= pause.from && pause.from <= until
    );
  }
}
