/**
 * The part of `@std/log` 0.224 that src/telemetry/log.ts uses: a logger that
 * makes records, and the class that handlers extend.
 *
 * @module
 */

const LEVELS = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40 } as const;

/** The name of a level. */
export type LevelName = keyof typeof LEVELS;

/** One message on its way to the handlers. */
export interface LogRecord {
  readonly msg: string;
  /** What was passed after the message. */
  readonly args: unknown[];
  readonly datetime: Date;
  readonly level: number;
  readonly levelName: string;
  readonly loggerName: string;
}

/** Turns a record into the line to write. */
export type FormatterFunction = (logRecord: LogRecord) => string;

/** What every handler extends. */
export abstract class BaseHandler {
  readonly #level: number;
  readonly #format: FormatterFunction;

  constructor(levelName: LevelName, options: { formatter: FormatterFunction }) {
    this.#level = LEVELS[levelName];
    this.#format = options.formatter;
  }

  /** Formats and logs a record, unless its level is too low. */
  handle(logRecord: LogRecord): void {
    if (logRecord.level >= this.#level) this.log(this.#format(logRecord));
  }

  /** Writes a line. */
  abstract log(msg: string): void;
}

/** Passes what is logged to its handlers, unless the level is too low. */
export class Logger {
  readonly #name: string;
  readonly #level: number;
  readonly #handlers: readonly BaseHandler[];

  constructor(
    loggerName: string,
    levelName: LevelName,
    options: { handlers: BaseHandler[] },
  ) {
    this.#name = loggerName;
    this.#level = LEVELS[levelName];
    this.#handlers = options.handlers;
  }

  debug(msg: string, ...args: unknown[]): string {
    return this.#log("DEBUG", msg, args);
  }

  info(msg: string, ...args: unknown[]): string {
    return this.#log("INFO", msg, args);
  }

  warn(msg: string, ...args: unknown[]): string {
    return this.#log("WARN", msg, args);
  }

  error(msg: string, ...args: unknown[]): string {
    return this.#log("ERROR", msg, args);
  }

  #log(levelName: LevelName, msg: string, args: unknown[]): string {
    const level = LEVELS[levelName];
    if (level < this.#level) return msg;
    const moment = { datetime: new Date(), loggerName: this.#name };
    const record = { msg, args, level, levelName, ...moment };
    for (const handler of this.#handlers) handler.handle(record);
    return msg;
  }
}
