/**
 * Assertions about functions that throw or reject.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import {
  type AnyClass,
  AssertionError,
  className,
  suffix,
} from "./assert_error.ts";

/** Claims that `fn` throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Claims that `fn` throws an error of that class whose message includes
 * `msgIncludes`; returns the error.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: AnyClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: AnyClass | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  if (typeof classOrMsg === "string") {
    return assertThrows(fn, undefined!, undefined, classOrMsg);
  }
  try {
    fn();
  } catch (error) {
    checkError(error, "thrown", classOrMsg, msgIncludes, msg);
    return error;
  }
  throw new AssertionError(`Expected function to throw${suffix(msg)}`);
}

/** Claims that the promise of `fn` rejects; resolves to the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/**
 * Claims that the promise of `fn` rejects with an error of that class whose
 * message includes `msgIncludes`; resolves to the error. An error thrown by
 * `fn` itself does not count.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: AnyClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: AnyClass | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  if (typeof classOrMsg === "string") {
    return assertRejects(fn, undefined!, undefined, classOrMsg);
  }
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch {
    // Falls through: no promise was returned.
  }
  if (typeof promise?.then !== "function") {
    throw new AssertionError(
      `Function throws when expected to reject${suffix(msg)}`,
    );
  }
  try {
    await promise;
  } catch (error) {
    checkError(error, "rejected", classOrMsg, msgIncludes, msg);
    return error;
  }
  throw new AssertionError(`Expected function to reject${suffix(msg)}`);
}

function checkError(
  error: unknown,
  how: "thrown" | "rejected",
  ErrorClass?: AnyClass,
  msgIncludes?: string,
  msg?: string,
): void {
  if (!ErrorClass) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${how}${suffix(msg)}`);
  }
  if (!(error instanceof ErrorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${
        className(error)
      }"${suffix(msg)}`,
    );
  }
  const text = stripVTControlCharacters(error.message);
  if (msgIncludes && !text.includes(stripVTControlCharacters(msgIncludes))) {
    throw new AssertionError(
      `Expected error message to include ${JSON.stringify(msgIncludes)}, ` +
        `but got ${JSON.stringify(error.message)}${suffix(msg)}`,
    );
  }
}
