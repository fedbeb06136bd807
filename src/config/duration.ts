/**
 * Durations as people write them: `250ms`, `10s`, `5m`, `1h`.
 *
 * @module
 */

/** The shape of a duration, also told to editors by the JSON Schema. */
export const DURATION_PATTERN = /^(\d+)(ms|s|m|h)$/;

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
 * @throws {SyntaxError} When it is none, or longer than a week; the message says what was expected.
 */
export function parseDuration(text: string): number {
  const match = DURATION_PATTERN.exec(text);
  if (!match) {
    throw new SyntaxError("a duration such as 250ms, 10s, 5m or 1h");
  }
  const ms = Number(match[1]) * MS_PER_UNIT[match[2]];
  if (ms > MAX_MS) throw new SyntaxError("a duration of at most a week (168h)");
  return ms;
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
