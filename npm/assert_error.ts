/**
 * What the assertions throw, and the words they share.
 *
 * @module
 */

/** What every assertion throws. */
export class AssertionError extends Error {
  /** Makes the error; does nothing else. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Any class, abstract or not. */
// deno-lint-ignore no-explicit-any
export type AnyClass<T = any> = abstract new (...args: any[]) => T;

/** The end of a message: the reason that the caller gave, if any. */
export function suffix(msg?: string): string {
  return msg ? `: ${msg}` : ".";
}

/** What to call a value in a message: its class, or its type. */
export function className(value: unknown): string {
  if (value === null || typeof value !== "object") {
    return value === null ? "null" : typeof value;
  }
  return value.constructor?.name ?? "Object";
}
