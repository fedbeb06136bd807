/**
 * Durations as people write them, in the file and in options: `250ms`, `10s`,
 * `1.5m`, `1h`.
 *
 * @module
 */

import { inDecimal } from "./decimal.ts";

/** The shape of a duration, also told to editors by the JSON Schema. */
export const DURATION_PATTERN = /^((?:0|[1-9]\d*)(?:\.\d+)?)(ms|s|m|h)$/;

/** What is expected where a duration should stand, for error messages. */
export const DURATION_EXAMPLES = "a duration such as 250ms, 10s, 5m or 1h";

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60 * 1000,
  h: 60 * 60 * 1000,
};

/** Timers count milliseconds in 31 bits; a week leaves room and is longer than anyone needs. */
const MAX_MS = 7 * 24 * MS_PER_UNIT.h;

/**
 * Reads a duration.
 *
 * @returns Milliseconds.
 * @throws {SyntaxError} If it is not valid, or longer than a week; the message says what was expected.
 */
export function parseDuration(text: string): number {
  const match = DURATION_PATTERN.exec(text);
  if (!match) {
    const [, number, unit] = /^(.+?)(ms|s|m|h)$/.exec(text) ?? [];
    const decimal = number === undefined ? undefined : inDecimal(number);
    throw new SyntaxError(
      decimal === undefined
        ? DURATION_EXAMPLES
        : `${DURATION_EXAMPLES}, in decimal: ${
          decimal.replace(/^\d+/, `$&${unit}`)
        }`,
    );
  }
  const ms = Number(match[1]) * MS_PER_UNIT[match[2]];
  if (ms > MAX_MS) throw new SyntaxError("a duration of at most a week (168h)");
  return ms;
}

/**
 * Reads a duration above 0.
 *
 * @returns Milliseconds.
 * @throws {SyntaxError} If it is not valid; the message says what was expected.
 */
export function parsePositiveDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms > 0) return ms;
  throw new SyntaxError(
    `${DURATION_EXAMPLES.replace("duration", "duration above 0")}`,
  );
}

/** Writes a duration in the largest unit that holds it whole: `90s`, `5m`. */
export function formatDuration(ms: number): string {
  for (const unit of ["h", "m", "s"]) {
    if (ms >= MS_PER_UNIT[unit] && ms % MS_PER_UNIT[unit] === 0) {
      return `${ms / MS_PER_UNIT[unit]}${unit}`;
    }
  }
  return `${ms}ms`;
}
