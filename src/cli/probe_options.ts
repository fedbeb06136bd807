/**
 * What the options of commands that ask a server have in common: durations, numbers, families.
 *
 * @module
 */

import { printable } from "../printable.ts";
import type { Family } from "../probe/resolve.ts";
import { UsageError } from "./command.ts";

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Timers count milliseconds in 31 bits; a week leaves room. */
const MAX_MS = 7 * 24 * MS_PER_UNIT.h;

/**
 * Reads a duration: `250ms`, `1.5s`, `2m`, or a number of seconds, as ping takes it.
 *
 * @returns Milliseconds, more than 0.
 * @throws {UsageError} When it is none.
 */
export function readDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h)?$/.exec(text);
  const ms = match ? Number(match[1]) * MS_PER_UNIT[match[2] ?? "s"] : 0;
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw unusable(
    text,
    option,
    "a duration above 0 such as 0.2, 250ms, 1s or 5m",
  );
}

/**
 * Reads a whole number between two bounds.
 *
 * @param option The name of the option, for the error.
 * @throws {UsageError} When it is none.
 */
export function readWhole(
  text: string,
  option: string,
  [least, most]: readonly [number, number],
): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw unusable(text, option, `a whole number from ${least} to ${most}`);
}

/**
 * Reads a number from 0 to a bound, with or without a fraction.
 *
 * @throws {UsageError} When it is none.
 */
export function readNumber(
  text: string,
  option: string,
  most: number,
): number {
  const value = Number(text);
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(text) && value <= most) return value;
  throw unusable(text, option, `a number from 0 to ${most}`);
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
