/**
 * @module
 */

const FREE = 0;
const HELD = 1;
/** Held, and somebody sleeps until it is free. */
const WANTED = 2;

/**
 * A lock between threads, in one number of shared memory: the second mutex of
 * Ulrich Drepper's {@link https://www.akkadia.org/drepper/futex.pdf Futexes Are Tricky}.
 *
 * What is done under it must not throw or wait: a thread that ended with the
 * lock in its hand would stop all others.
 */
export class Mutex {
  readonly #memory: Int32Array;
  readonly #at: number;

  constructor(memory: Int32Array, at: number) {
    this.#memory = memory;
    this.#at = at;
  }

  lock(): void {
    const memory = this.#memory;
    const at = this.#at;
    let state = Atomics.compareExchange(memory, at, FREE, HELD);
    while (state !== FREE) {
      if (
        state === WANTED ||
        Atomics.compareExchange(memory, at, HELD, WANTED) !== FREE
      ) Atomics.wait(memory, at, WANTED);
      state = Atomics.compareExchange(memory, at, FREE, WANTED);
    }
  }

  unlock(): void {
    const state = Atomics.exchange(this.#memory, this.#at, FREE);
    if (state === WANTED) Atomics.notify(this.#memory, this.#at, 1);
  }
}
