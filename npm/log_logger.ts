/**
 * Loggers, and the records that they make.
 *
 * @module
 */
import type { BaseHandler } from "./log_handler.ts";
import {
  getLevelByName,
  getLevelName,
  type LevelName,
  type LogLevel,
  LogLevels,
} from "./log_levels.ts";

/** Options for {@linkcode LogRecord}. */
export interface LogRecordOptions {
  /** The message. */
  msg: string;
  /** What was passed after the message. */
  args: unknown[];
  /** The number of the level. */
  level: LogLevel;
  /** The name of the logger that made the record. */
  loggerName: string;
}

/** Options for {@linkcode Logger}. */
export interface LoggerOptions {
  /** Who gets the records. */
  handlers?: BaseHandler[];
}

/** One message on its way to the handlers, as `LogRecord` of `@std/log`. */
export class LogRecord {
  /** The message. */
  readonly msg: string;
  /** The number of the level. */
  readonly level: number;
  /** The name of the level. */
  readonly levelName: string;
  /** The name of the logger that made the record. */
  readonly loggerName: string;
  readonly #args: unknown[];
  readonly #datetime = new Date();

  /** Makes a record of this moment; throws `Error` for an unknown level. */
  constructor(options: LogRecordOptions) {
    this.msg = options.msg;
    this.level = options.level;
    this.levelName = getLevelName(options.level);
    this.loggerName = options.loggerName;
    this.#args = [...options.args];
  }

  /** A copy of what was passed after the message. */
  get args(): unknown[] {
    return [...this.#args];
  }

  /** A copy of the moment when the record was made. */
  get datetime(): Date {
    return new Date(this.#datetime);
  }
}

// deno-lint-ignore no-explicit-any
type AnyFunction = (...args: any[]) => any;
type Message<T> = (T extends AnyFunction ? never : T) | (() => T);

/**
 * What a program logs with, as `Logger` of `@std/log`. Each method returns its
 * message; a message given as a function is called only if it will be logged.
 */
export class Logger {
  /** Who gets the records. */
  handlers: BaseHandler[];
  readonly #loggerName: string;
  #level: LogLevel;

  /** Makes a logger of `levelName` and above. */
  constructor(
    loggerName: string,
    levelName: LevelName,
    options: LoggerOptions = {},
  ) {
    this.#loggerName = loggerName;
    this.#level = getLevelByName(levelName);
    this.handlers = options.handlers ?? [];
  }

  /** The number of the lowest level that is logged. */
  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    if (!Object.values(LogLevels).includes(level)) {
      throw new TypeError(`Invalid log level: ${level}`);
    }
    this.#level = level;
  }

  /** The name of the lowest level that is logged. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** The name of this logger. */
  get loggerName(): string {
    return this.#loggerName;
  }

  /** Logs at `DEBUG`. */
  debug<T>(msg: () => T, ...args: unknown[]): T | undefined;
  debug<T>(msg: T extends AnyFunction ? never : T, ...args: unknown[]): T;
  debug<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.DEBUG, msg, args);
  }

  /** Logs at `INFO`. */
  info<T>(msg: () => T, ...args: unknown[]): T | undefined;
  info<T>(msg: T extends AnyFunction ? never : T, ...args: unknown[]): T;
  info<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.INFO, msg, args);
  }

  /** Logs at `WARN`. */
  warn<T>(msg: () => T, ...args: unknown[]): T | undefined;
  warn<T>(msg: T extends AnyFunction ? never : T, ...args: unknown[]): T;
  warn<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.WARN, msg, args);
  }

  /** Logs at `ERROR`. */
  error<T>(msg: () => T, ...args: unknown[]): T | undefined;
  error<T>(msg: T extends AnyFunction ? never : T, ...args: unknown[]): T;
  error<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.ERROR, msg, args);
  }

  /** Logs at `CRITICAL`. */
  critical<T>(msg: () => T, ...args: unknown[]): T | undefined;
  critical<T>(msg: T extends AnyFunction ? never : T, ...args: unknown[]): T;
  critical<T>(msg: Message<T>, ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.CRITICAL, msg, args);
  }

  #log<T>(level: LogLevel, msg: Message<T>, args: unknown[]): T | undefined {
    if (this.#level > level) return msg instanceof Function ? undefined : msg;
    const value: T = msg instanceof Function ? msg() : msg;
    const record = new LogRecord({
      msg: asString(value),
      args,
      level,
      loggerName: this.#loggerName,
    });
    for (const handler of this.handlers) handler.handle(record);
    return value;
  }
}

/** The text of a message, which may be of any type. */
function asString(data: unknown, inObject = false): string {
  if (typeof data === "string") return inObject ? `"${data}"` : data;
  if (typeof data === "function") return "undefined";
  if (data instanceof Error) return data.stack!;
  if (typeof data !== "object" || data === null) return String(data);
  const pairs = Object.entries(data)
    .map(([key, value]) => `"${key}":${asString(value, true)}`);
  return `{${pairs.join(",")}}`;
}
