/**
 * The log: one line for each event, for people (`text`) or machines (`json`).
 *
 * The only file that knows `@std/log`.
 *
 * @module
 */

import { BaseHandler, Logger, type LogRecord } from "@std/log";
import {
  DEFAULT_MAX_LINES_PER_SECOND,
  type LogConfig,
} from "../config/config.ts";
import { visible } from "../base/printable.ts";

/** What an event is about, in the order in which it is shown. */
export type Fields = Readonly<
  Record<string, string | number | boolean | readonly string[]>
>;

/** Takes events. */
export interface Log {
  /** Whether `debug` is shown: ask before building fields on a hot path. */
  readonly debugging: boolean;
  /** How many lines a service may cause in a second. */
  readonly maxLinesPerSecond: number;
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

const LEVEL_NAMES = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
} as const;

const COLORS: Readonly<Record<string, number>> = {
  DEBUG: 90,
  INFO: 32,
  WARN: 33,
  ERROR: 31,
};

class LineHandler extends BaseHandler {
  readonly #writer: LineTaker;

  constructor(writer: LineTaker, format: (record: LogRecord) => string) {
    super("DEBUG", { formatter: format });
    this.#writer = writer;
  }

  override log(line: string): void {
    this.#writer.write(line);
  }
}

/** Where lines go. */
export interface LineTaker {
  /** Takes a line, without its line end. Never throws and never waits. */
  write(line: string): void;
}

/** How a log looks. */
export interface LogOptions extends LogConfig {
  /** Whether the level is colored in the text format. */
  readonly color?: boolean;
}

/** A log whose level and format can be changed while it is in use. */
export interface ConfigurableLog extends Log {
  configure(options: LogOptions): void;
}

/** Makes a log that writes to `writer`. */
export function createLog(
  writer: LineTaker,
  options: LogOptions,
): ConfigurableLog {
  let logger = createLogger(writer, options);
  let { level, maxLinesPerSecond = DEFAULT_MAX_LINES_PER_SECOND } = options;
  return {
    get debugging() {
      return level === "debug";
    },
    get maxLinesPerSecond() {
      return maxLinesPerSecond;
    },
    debug: (message, fields) => void logger.debug(message, fields),
    info: (message, fields) => void logger.info(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    error: (message, fields) => void logger.error(message, fields),
    configure(options) {
      ({ level, maxLinesPerSecond = DEFAULT_MAX_LINES_PER_SECOND } = options);
      logger = createLogger(writer, options);
    },
  };
}

function createLogger(
  writer: LineTaker,
  { level, format, color = false }: LogOptions,
): Logger {
  const formatter = format === "json" ? formatJson : textFormatter(color);
  return new Logger("mynah", LEVEL_NAMES[level], {
    handlers: [new LineHandler(writer, formatter)],
  });
}

let lastTime = NaN;
let lastText = "";

/** The time of a record. Lines of one millisecond are many in a flood, and to write a time costs half a line. */
function timeOf({ datetime }: LogRecord): string {
  const time = datetime.getTime();
  if (time !== lastTime) lastText = datetime.toISOString();
  lastTime = time;
  return lastText;
}

function fieldsOf(record: LogRecord): Fields {
  return (record.args[0] ?? {}) as Fields;
}

function formatJson(record: LogRecord): string {
  return JSON.stringify({
    time: timeOf(record),
    level: record.levelName.toLowerCase(),
    message: record.msg,
    ...fieldsOf(record),
  });
}

function textFormatter(color: boolean): (record: LogRecord) => string {
  const labels: Record<string, string> = {};
  for (const name of Object.values(LEVEL_NAMES)) {
    const label = name.toLowerCase().padEnd(5);
    labels[name] = color ? `\x1b[${COLORS[name]}m${label}\x1b[0m` : label;
  }
  return (record) => {
    let line = `${timeOf(record)} ${labels[record.levelName]} ${record.msg}`;
    const fields = fieldsOf(record);
    // Not Object.entries, which makes an array for each: in a flood of connections the log is a good part of the work.
    for (const key in fields) line += ` ${key}=${formatValue(fields[key])}`;
    return line;
  };
}

function formatValue(value: Fields[string]): string {
  if (typeof value === "object") {
    return value.map(formatValue).join(",") || "none";
  }
  // Quoted where a space or a quote would make the line ambiguous; JSON escapes some control characters, `visible` the rest.
  return typeof value === "string" && !/^[^\s"=\\\p{C}]+$/u.test(value)
    ? visible(JSON.stringify(value))
    : String(value);
}
