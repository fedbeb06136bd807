/**
 * Minimum, average, maximum and mean deviation, as ping prints them.
 *
 * @module
 */

/**
 * Round-trip times, summed up. `mdev` is what iputils calls so: the standard
 * deviation of all times, √(mean of squares − square of the mean). It is summed by
 * Welford's method, which does not lose digits as the difference of large numbers
 * does.
 */
export class Moments {
  #count = 0;
  #mean = 0;
  /** Sum of the squared differences from the mean. */
  #squares = 0;
  #min = Infinity;
  #max = -Infinity;

  add(value: number): void {
    const difference = value - this.#mean;
    this.#mean += difference / ++this.#count;
    this.#squares += difference * (value - this.#mean);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** Adds all that another one has seen (Chan, Golub and LeVeque). */
  addAll(other: Moments): void {
    if (other.#count === 0) return;
    const count = this.#count + other.#count;
    const difference = other.#mean - this.#mean;
    this.#squares += other.#squares +
      difference ** 2 * this.#count * other.#count / count;
    this.#mean += difference * other.#count / count;
    this.#count = count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  get count(): number {
    return this.#count;
  }

  /** Infinity when there is nothing. */
  get min(): number {
    return this.#min;
  }

  /** -Infinity when there is nothing. */
  get max(): number {
    return this.#max;
  }

  get avg(): number {
    return this.#mean;
  }

  get mdev(): number {
    return this.#count === 0 ? 0 : Math.sqrt(this.#squares / this.#count);
  }
}
