/**
 * The assertions of `@std/assert` that tests use, over node:assert.
 *
 * Deep equality differs in corners. For node:assert 0 is not -0, an object
 * without prototype is not a plain one, and what an object keeps in private
 * fields does not count.
 *
 * @module
 */

import node from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";

/** What every assertion throws. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

// deno-lint-ignore no-explicit-any
type Class<T = any> = abstract new (...args: any[]) => T;
type Expected<E> = [ErrorClass?: Class<E>, msgIncludes?: string, msg?: string];
type Compare = <T>(actual: T, expected: T, msg?: string) => void;
type TextClaim<T> = (actual: string, expected: T, msg?: string) => void;

function claim(holds: boolean, claimed: string, msg?: string): asserts holds {
  if (!holds) throw new AssertionError(msg ? `${msg}: ${claimed}` : claimed);
}

function claimNode(assertion: () => void, msg?: string): void {
  try {
    assertion();
  } catch (error) {
    claim(false, (error as Error).message, msg);
  }
}

export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

export function assertFalse(
  expr: unknown,
  msg = "",
): asserts expr is false | 0 | 0n | "" | null | undefined {
  if (expr) throw new AssertionError(msg);
}

export function fail(msg?: string): never {
  claim(false, "Failed assertion", msg);
}

export const assertEquals: Compare = (actual, expected, msg) =>
  claimNode(() => node.deepStrictEqual(actual, expected), msg);

export const assertNotEquals: Compare = (actual, expected, msg) =>
  claimNode(() => node.notDeepStrictEqual(actual, expected), msg);

export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  claimNode(() => node.strictEqual(actual, expected), msg);
}

export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  const exists = actual !== undefined && actual !== null;
  claim(exists, "Expected neither null nor undefined", msg);
}

export function assertInstanceOf<T extends Class>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  const claimed = `${inspect(actual)} is no ${expectedType.name}`;
  claim(actual instanceof expectedType, claimed, msg);
}

export const assertStringIncludes: TextClaim<string> = (text, part, msg) =>
  claim(text.includes(part), `"${text}" has no "${part}"`, msg);

export const assertMatch: TextClaim<RegExp> = (text, pattern, msg) =>
  claimNode(() => node.match(text, pattern), msg);

export function assertArrayIncludes<T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected)
    .filter((wanted) => !items.some((item) => isDeepStrictEqual(item, wanted)));
  const claimed = `${inspect(actual)} has no ${inspect(missing)}`;
  claim(missing.length === 0, claimed, msg);
}

export const assertGreater: Compare = (actual, expected, msg) =>
  claim(actual > expected, `Expect ${actual} > ${expected}`, msg);

export const assertGreaterOrEqual: Compare = (actual, expected, msg) =>
  claim(actual >= expected, `Expect ${actual} >= ${expected}`, msg);

export const assertLess: Compare = (actual, expected, msg) =>
  claim(actual < expected, `Expect ${actual} < ${expected}`, msg);

export const assertLessOrEqual: Compare = (actual, expected, msg) =>
  claim(actual <= expected, `Expect ${actual} <= ${expected}`, msg);

export function assertThrows<E = unknown>(
  fn: () => unknown,
  ...expected: Expected<E>
): E {
  try {
    fn();
  } catch (error) {
    return claimError(error, ...expected);
  }
  return fail(expected[2] ?? "Expected function to throw");
}

export async function assertRejects<E = unknown>(
  fn: () => PromiseLike<unknown>,
  ...expected: Expected<E>
): Promise<E> {
  const promise = fn(); // what it throws itself is no rejection, and is thrown on
  try {
    await promise;
  } catch (error) {
    return claimError(error, ...expected);
  }
  return fail(expected[2] ?? "Expected function to reject");
}

function claimError<E>(error: unknown, ...expected: Expected<E>): E {
  const [ErrorClass, msgIncludes = "", msg] = expected;
  if (ErrorClass) {
    assertInstanceOf(error, ErrorClass, msg);
    assertStringIncludes((error as Error).message, msgIncludes, msg);
  }
  return error as E;
}
