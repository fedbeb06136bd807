/**
 * What need not be worked out again for every datagram.
 *
 * @module
 */

/** Remembers what was made for each key, in bounded memory: when it is full, it starts again. */
export class Memo<Value> {
  readonly #make: (key: string) => Value;
  readonly #capacity: number;
  readonly #values = new Map<string, Value>();

  constructor(capacity: number, make: (key: string) => Value) {
    this.#capacity = capacity;
    this.#make = make;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= this.#capacity) this.#values.clear();
    const value = this.#make(key);
    this.#values.set(key, value);
    return value;
  }

  clear(): void {
    this.#values.clear();
  }
}
