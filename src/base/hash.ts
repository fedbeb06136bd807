/**
 * @module
 */

/** Mixes all bits of a number into all others: the last steps of MurmurHash3. */
export function scatter(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
