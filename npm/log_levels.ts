/**
 * Levels by name and by number.
 *
 * @module
 */

/** The number of every level, as `LogLevels` of `@std/log`. */
export const LogLevels = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The name of a level. */
export type LevelName = keyof typeof LogLevels;

/** The number of a level. */
export type LogLevel = typeof LogLevels[LevelName];

/** The number of a level; throws `Error` if there is none of that name. */
export function getLevelByName(name: LevelName): LogLevel {
  const level = LogLevels[name];
  if (level === undefined) {
    throw new Error(`Cannot get log level: no level named ${name}`);
  }
  return level;
}

/** The name of a level; throws `Error` if there is none of that number. */
export function getLevelName(level: LogLevel): LevelName {
  for (const [name, number] of Object.entries(LogLevels)) {
    if (number === level) return name as LevelName;
  }
  throw new Error(`Cannot get log level: no name for level: ${level}`);
}
