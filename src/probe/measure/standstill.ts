/**
 * When this process stood still: stopped (Ctrl-Z), or its machine taken away.
 *
 * @module
 */

/** A process that does nothing for longer than this stood still, in milliseconds. */
export const STANDSTILL_MS = 500;
/** A pause this long, in milliseconds, may cost answers where many are under way; timers alone make shorter ones. */
const PAUSE_MS = 200;
/** After a standstill, so much time to read what has come in meanwhile, in milliseconds. */
const CATCH_UP_MS = 20;
/** So many pauses are remembered, the latest. */
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
  /** When the latest standstill ended. */
  #wokeAt = -Infinity;

  /** How long this process has stood still in all, in milliseconds. */
  get totalMs(): number {
    return this.#totalMs;
  }

  /** Notes that this process is alive, before it does anything else. */
  look(now: number): void {
    const from = this.#aliveAt ??= now;
    this.#aliveAt = now;
    const pausedMs = now - from;
    if (pausedMs <= PAUSE_MS) return;
    this.#pauses.push({ from, to: now });
    if (this.#pauses.length > MOST_REMEMBERED) this.#pauses.shift();
    if (pausedMs <= STANDSTILL_MS) return;
    this.#totalMs += pausedMs;
    this.#wokeAt = now;
  }

  /** Whether what is read now may have waited for this process to go on. */
  catchesUp(now: number): boolean {
    return now <= this.#wokeAt + CATCH_UP_MS;
  }

  /**
   * Whether something that was under way from one time until another, at the most,
   * may have come in while nobody read it: in a standstill, or in another pause of
   * more than `pauseMs`.
   */
  covers(from: number, until: number, pauseMs = STANDSTILL_MS): boolean {
    return this.#pauses.some((pause) =>
      pause.to - pause.from > pauseMs &&
      from <= pause.from && pause.from <= until
    );
  }
}
