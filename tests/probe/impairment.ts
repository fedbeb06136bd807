/**
 * A bad path, the same each time: what it does to each datagram comes from a seed.
 *
 * @module
 */

import { Random } from "../support/random.ts";

/** How likely each thing is to happen to a datagram; at most one does. */
export interface ImpairmentOptions {
  readonly seed: number;
  readonly loss?: number;
  readonly duplicate?: number;
  /** Held back until the next one has passed. */
  readonly reorder?: number;
  /** One bit is flipped, or the end is cut off. */
  readonly damage?: number;
}

/** Cut datagrams keep at least so much, so that there is something to know them by. */
const MIN_CUT = 8;

/** Decides what becomes of each datagram, and counts what it did. */
export class Impairment {
  readonly counts = { lost: 0, duplicated: 0, reordered: 0, damaged: 0 };
  readonly #options: Required<ImpairmentOptions>;
  readonly #random: Random;
  #held: Uint8Array | undefined;

  constructor(options: ImpairmentOptions) {
    this.#options = {
      loss: 0,
      duplicate: 0,
      reorder: 0,
      damage: 0,
      ...options,
    };
    this.#random = new Random(options.seed);
  }

  /** Says what arrives, in that order, when a datagram is sent. */
  pass(datagram: Uint8Array): readonly Uint8Array[] {
    const { loss, duplicate, reorder, damage } = this.#options;
    let chance = this.#random.fraction();
    const happens = (probability: number) => (chance -= probability) < 0;
    if (happens(loss)) {
      this.counts.lost++;
      return [];
    }
    if (happens(duplicate)) {
      this.counts.duplicated++;
      return this.#andHeld(datagram, datagram);
    }
    if (happens(reorder)) {
      // What is held back already goes on behind this one.
      if (this.#held) return this.#andHeld(datagram);
      this.#held = datagram;
      return [];
    }
    if (happens(damage)) {
      this.counts.damaged++;
      return this.#andHeld(this.#damage(datagram));
    }
    return this.#andHeld(datagram);
  }

  /** What was held back and not overtaken. */
  flush(): Uint8Array | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }

  #andHeld(...datagrams: Uint8Array[]): Uint8Array[] {
    const held = this.flush();
    if (!held) return datagrams;
    this.counts.reordered++;
    return [...datagrams, held];
  }

  #damage(datagram: Uint8Array): Uint8Array {
    if (this.#random.fraction() < 0.5 && datagram.length > MIN_CUT) {
      const length = MIN_CUT + this.#random.int(datagram.length - MIN_CUT);
      return datagram.slice(0, length);
    }
    const flipped = datagram.slice();
    const bit = this.#random.int(8 * datagram.length);
    flipped[bit >> 3] ^= 1 << (bit & 7);
    return flipped;
  }
}
