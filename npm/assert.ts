/**
 * The assertions of `@std/assert` that this project's tests use, with its
 * names, signatures and semantics; `node:assert` says what differs. Stands in
 * for it where only npm can be reached.
 *
 * Unless said otherwise, each throws an {@linkcode AssertionError} when its
 * claim does not hold, with `msg` in the message if it is given.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert";
import { equal } from "./assert_equal.ts";
import {
  type AnyClass,
  AssertionError,
  className,
  suffix,
} from "./assert_error.ts";

export { AssertionError };
export { assertRejects, assertThrows } from "./assert_throws.ts";

/** What {@linkcode assertFalse} leaves of a type. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/** An array or something like it, not a string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** Claims that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Claims that `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Claims nothing: always throws. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${suffix(msg)}`);
}

/** Claims that both are deeply equal; 0 and -0 are. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n${difference(actual, expected)}`,
  );
}

/** Claims that both are not deeply equal. */
export function assertNotEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${format(actual)} not to be: ${format(expected)}${
      suffix(msg)
    }`,
  );
}

/** Claims that both are the same value by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw new AssertionError(
    format(actual) === format(expected)
      ? `Values have the same structure but are not reference-equal${
        suffix(msg)
      }\n\n${format(actual)}\n`
      : `Values are not strictly equal${suffix(msg)}\n${
        difference(actual, expected)
      }`,
  );
}

/** Claims that `actual` is neither null nor undefined. */
export function assertExists<T>(
  actual: T,
  msg?: string,
): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`,
  );
}

/** Claims that the text contains `expected`. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`,
  );
}

/** Claims that the text matches `expected`. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (expected.test(actual)) return;
  throw new AssertionError(
    `Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`,
  );
}

/** Claims that every item of `expected` is in `actual`, deeply equal. */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void {
  const items = Array.from(actual);
  const missing = Array.from(expected)
    .filter((wanted) => !items.some((item) => equal(item, wanted)));
  if (missing.length === 0) return;
  throw new AssertionError(
    `Expected actual: "${format(actual)}" to include: "${format(expected)}"${
      suffix(msg)
    }\nmissing: ${format(missing)}`,
  );
}

/** Claims that `actual` is an instance of `expectedType`. */
export function assertInstanceOf<T extends AnyClass>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}" but was "${
      className(actual)
    }"${suffix(msg)}`,
  );
}

/** Claims that `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (actual > expected) return;
  throw new AssertionError(msg ?? `Expect ${pair(actual, ">", expected)}`);
}

/** Claims that `actual >= expected`. */
export function assertGreaterOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (actual >= expected) return;
  throw new AssertionError(msg ?? `Expect ${pair(actual, ">=", expected)}`);
}

/** Claims that `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (actual < expected) return;
  throw new AssertionError(msg ?? `Expect ${pair(actual, "<", expected)}`);
}

/** Claims that `actual <= expected`. */
export function assertLessOrEqual<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (actual <= expected) return;
  throw new AssertionError(msg ?? `Expect ${pair(actual, "<=", expected)}`);
}

function pair(actual: unknown, sign: string, expected: unknown): string {
  return `${format(actual)} ${sign} ${format(expected)}`;
}

function format(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    iterableLimit: Infinity,
    sorted: true,
    strAbbreviateSize: Infinity,
    trailingComma: true,
  });
}

/** What differs, line by line. */
function difference(actual: unknown, expected: unknown): string {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    if (error instanceof Error) return error.message.replace(/^.*\n/, "");
  }
  // Equal for node:assert, whose rules are not those of equal().
  return `actual: ${format(actual)}\nexpected: ${format(expected)}`;
}
