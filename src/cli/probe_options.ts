/**
 * What the options of commands that ask a server have in common: durations, numbers, families.
 *
 * @module
 */

import { DECIMAL, decimalHint } from "../base/decimal.ts";
import { parseDuration, parsePositiveDuration } from "../base/duration.ts";
import { printable } from "../base/printable.ts";
import type { Family } from "../probe/reach/resolve.ts";
import { UsageError } from "./command.ts";

/** How the options write a duration, for help texts. */
export const TIME_FORMS = "TIME is 250ms, 1s or 5m; a plain number is seconds.";

/** A number with or without a fraction, in decimal. */
const NUMBER = /^(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)$/;

/**
 * Reads a duration, as in the config file: `250ms`, `1.5s`, `2m`. A number without
 * a unit is seconds, since ping has it so (`-i 0.2`).
 *
 * @returns Milliseconds.
 * @throws {UsageError} If it is not valid.
 */
export function readDuration(
  text: string,
  option: string,
  { zero = false } = {},
): number {
  const parse = zero ? parseDuration : parsePositiveDuration;
  try {
    // `.2` and `1.` are for ping's sake; with a unit it is one way only.
    return parse(NUMBER.test(text) ? `${Number(text)}s` : text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unusable(text, option, `${error.message}${decimalHint(text)}`);
  }
}

/**
 * Reads a whole number between two bounds.
 *
 * @param option The name of the option, for the error.
 * @throws {UsageError} If it is not valid.
 */
export function readWhole(
  text: string,
  option: string,
  [least, most]: readonly [number, number],
): number {
  const value = Number(text);
  if (DECIMAL.test(text) && value >= least && value <= most) return value;
  throw unusable(
    text,
    option,
    `a whole number from ${least} to ${most}${decimalHint(text)}`,
  );
}

/**
 * Reads a number from 0 to a bound, with or without a fraction.
 *
 * @throws {UsageError} If it is not valid.
 */
export function readNumber(
  text: string,
  option: string,
  most: number,
): number {
  const value = Number(text);
  if (NUMBER.test(text) && value <= most) return value;
  throw unusable(
    text,
    option,
    `a number from 0 to ${most}${decimalHint(text)}`,
  );
}

/** Which family the options `-4` and `-6` leave. @throws {UsageError} When they leave none. */
export function readFamily(
  { ipv4, ipv6 }: Readonly<Record<string, boolean>>,
): Family {
  if (ipv4 && ipv6) throw new UsageError('Use either "-4" or "-6", not both');
  return ipv4 ? 4 : ipv6 ? 6 : "any";
}

/** The error for an option's value that cannot be used. */
export function unusable(
  text: string,
  option: string,
  expected: string,
): UsageError {
  return new UsageError(
    `Cannot use "${printable(text)}" for "--${option}": expected ${expected}`,
  );
}
