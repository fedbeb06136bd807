import { assert } from "@std/assert";

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
