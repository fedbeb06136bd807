/**
 * @module
 */

const FREE = 0;
/** Added to the holder's ticket when somebody sleeps until the lock is free. */
const WANTED = 1;

/** Work under a lock takes microseconds: a thread that holds it for this long has died. */
const HELD_MS = 1000;

/** Tickets are even numbers of 31 bits, other than 0; each thread begins somewhere else. */
let lastTicket = Math.floor(Math.random() * 2 ** 30) * 2;

function nextTicket(): number {
  lastTicket = (lastTicket + 2) & 0x7ffffffe;
  return lastTicket === FREE ? nextTicket() : lastTicket;
}

/**
 * A lock between threads, in one number of shared memory: the second mutex of
 * Ulrich Drepper's {@link https://www.akkadia.org/drepper/futex.pdf Futexes Are Tricky},
 * with a ticket instead of "held". A thread can die at any moment, so a waiting
 * thread takes the lock from a holder that keeps it for a second.
 *
 * Work under the lock must not throw or wait.
 */
export class Mutex {
  readonly #memory: Int32Array;
  readonly #at: number;
  readonly #heldMs: number;
  #ticket = FREE;

  constructor(memory: Int32Array, at: number, heldMs = HELD_MS) {
    this.#memory = memory;
    this.#at = at;
    this.#heldMs = heldMs;
  }

  lock(): void {
    const ticket = nextTicket();
    this.#ticket = ticket;
    const state = Atomics.compareExchange(this.#memory, this.#at, FREE, ticket);
    if (state !== FREE) this.#wait(ticket | WANTED, state);
  }

  unlock(): void {
    const memory = this.#memory;
    const at = this.#at;
    const ticket = this.#ticket;
    if (Atomics.compareExchange(memory, at, ticket, FREE) === ticket) return;
    const wanted = ticket | WANTED;
    if (Atomics.compareExchange(memory, at, wanted, FREE) === wanted) {
      Atomics.notify(memory, at, 1);
    }
  }

  /** Waits until the lock is free or its holder has kept it for too long, and puts `mine` there. */
  #wait(mine: number, state: number): void {
    const memory = this.#memory;
    const at = this.#at;
    let holder = state & ~WANTED;
    let since = performance.now();
    while (true) {
      const wanted = state | WANTED;
      if (
        state === wanted ||
        Atomics.compareExchange(memory, at, state, wanted) === state
      ) Atomics.wait(memory, at, wanted, this.#heldMs);
      state = Atomics.compareExchange(memory, at, FREE, mine);
      if (state === FREE) return;
      const now = performance.now();
      if ((state & ~WANTED) !== holder) {
        holder = state & ~WANTED;
        since = now;
      } else if (
        now - since >= this.#heldMs &&
        Atomics.compareExchange(memory, at, state, mine) === state
      ) return;
    }
  }
}
