/**
 * Randomness that can be had again.
 *
 * @module
 */

import { reasonOf } from "../../src/base/reason.ts";

/** Random choices that are the same for the same seed. */
export class Random {
  readonly seed: number;
  #state: number;

  /** @param seed From `MYNAH_SEED`, or a new one. */
  constructor(seed = Number(Deno.env.get("MYNAH_SEED") || newSeed())) {
    this.seed = seed;
    this.#state = seed;
  }

  /** A number from 0 to 1, and less than that. Mulberry32. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `below` - 1. */
  int(below: number): number {
    return Math.floor(this.fraction() * below);
  }

  /** One of several. */
  pick<T>(all: readonly T[]): T {
    return all[this.int(all.length)];
  }

  /** Several of several, from none to `most`. */
  picks<T>(all: readonly T[], most: number): T[] {
    return Array.from({ length: this.int(most + 1) }, () => this.pick(all));
  }

  /** Bytes of any value. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(256));
  }
}

function newSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/** Runs a function so many times. An error tells how to have it again. */
export async function forCases(
  count: number,
  fn: (random: Random, i: number) => void | Promise<void>,
): Promise<void> {
  const random = new Random();
  for (let i = 0; i < count; i++) {
    try {
      await fn(random, i);
    } catch (cause) {
      const reason = reasonOf(cause);
      throw new Error(
        `Case ${i} of MYNAH_SEED=${random.seed}: ${reason}`,
        { cause },
      );
    }
  }
}
