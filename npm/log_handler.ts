/**
 * What every handler extends.
 *
 * @module
 */
import {
  getLevelByName,
  getLevelName,
  type LevelName,
  type LogLevel,
} from "./log_levels.ts";
import type { LogRecord } from "./log_logger.ts";

/** Turns a record into the line to write. */
export type FormatterFunction = (logRecord: LogRecord) => string;

/** Options for {@linkcode BaseHandler}. */
export interface BaseHandlerOptions {
  /** What {@linkcode BaseHandler.format} calls; the default is `LEVEL message`. */
  formatter?: FormatterFunction;
}

/** What every handler extends, as `BaseHandler` of `@std/log`. */
export abstract class BaseHandler {
  /** Turns a record into the line to write. */
  formatter: FormatterFunction;
  #levelName: LevelName;
  #level: LogLevel;

  /** Makes a handler that takes records of `levelName` and above. */
  constructor(levelName: LevelName, options?: BaseHandlerOptions) {
    this.#levelName = levelName;
    this.#level = getLevelByName(levelName);
    this.formatter = options?.formatter ?? defaultFormatter;
  }

  /** The number of the lowest level that is logged. */
  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    this.#level = level;
    this.#levelName = getLevelName(level);
  }

  /** The name of the lowest level that is logged. */
  get levelName(): LevelName {
    return this.#levelName;
  }

  set levelName(levelName: LevelName) {
    this.#levelName = levelName;
    this.#level = getLevelByName(levelName);
  }

  /** Formats and logs a record, unless its level is too low. */
  handle(logRecord: LogRecord): void {
    if (this.level <= logRecord.level) this.log(this.format(logRecord));
  }

  /** The line for a record. */
  format(logRecord: LogRecord): string {
    return this.formatter(logRecord);
  }

  /** Writes a line. */
  abstract log(msg: string): void;

  /** Called when {@linkcode setup} takes the handler into use. */
  setup(): void {}

  /** Called when the next {@linkcode setup} puts the handler out of use. */
  destroy(): void {}

  /** Same as {@linkcode BaseHandler.destroy}. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}

function defaultFormatter({ levelName, msg }: LogRecord): string {
  return `${levelName} ${msg}`;
}
