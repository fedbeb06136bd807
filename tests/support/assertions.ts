/**
 * What `@std/assert` does not assert.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { AssertionError } from "node:assert";
import { assert } from "@std/assert";

/** Claims that bytes are the same. Fast for megabytes, and short in what it says of them. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  if (Buffer.compare(actual, expected) === 0) return;
  const at = expected.findIndex((byte, i) => byte !== actual[i]);
  const place = at === -1 ? expected.length : at;
  throw new AssertionError({
    message:
      `${actual.length} bytes instead of ${expected.length}, different from byte ${place} on`,
  });
}

/** Asserts that a number is no further than `within` from another. */
export function assertNear(
  actual: number,
  expected: number,
  within: number,
  what = "value",
): void {
  assert(
    Math.abs(actual - expected) <= within,
    `${what} is ${actual}, not ${expected} ± ${within}`,
  );
}
