/**
 * The part of `@std/log` 0.224 that a program with its own handler uses:
 * records, loggers, handlers to extend, {@linkcode setup} and
 * {@linkcode getLogger}. Stands in for it where only npm can be reached.
 *
 * @module
 */
import { BaseHandler, type BaseHandlerOptions } from "./log_handler.ts";
import { type LevelName, type LogLevel, LogLevels } from "./log_levels.ts";
import { Logger, type LoggerOptions, type LogRecord } from "./log_logger.ts";

export type { FormatterFunction } from "./log_handler.ts";
export { BaseHandler, Logger, LogLevels };
// LogRecord as a type only, as there: records are for loggers to make.
export type {
  BaseHandlerOptions,
  LevelName,
  LoggerOptions,
  LogLevel,
  LogRecord,
};

/** How {@linkcode setup} makes one logger. */
export interface LoggerConfig {
  /** The lowest level that is logged; the default is `INFO`. */
  level?: LevelName;
  /** Names of handlers. */
  handlers?: string[];
}

/** What {@linkcode setup} takes. */
export interface LogConfig {
  /** Handlers by name. */
  handlers?: Record<string, BaseHandler>;
  /** Loggers by name. */
  loggers?: Record<string, LoggerConfig>;
}

class ConsoleHandler extends BaseHandler {
  log(msg: string): void {
    console.log(msg);
  }
}

const defaults = {
  handlers: { default: new ConsoleHandler("INFO") },
  loggers: { default: { level: "INFO", handlers: ["default"] } },
} satisfies LogConfig;

const handlers = new Map<string, BaseHandler>();
const loggers = new Map<string, Logger>();

/**
 * Replaces all handlers and loggers by those of `config`, as `setup` of
 * `@std/log`: the former handlers are destroyed, the new ones set up. A handler
 * and a logger named `default` (console, `INFO`) remain unless `config` has its
 * own. Loggers got earlier keep their former handlers.
 */
export function setup(config: LogConfig): void {
  for (const handler of handlers.values()) handler.destroy();
  handlers.clear();
  loggers.clear();

  const named = { ...defaults.handlers, ...config.handlers };
  for (const [name, handler] of Object.entries(named)) {
    handler.setup();
    handlers.set(name, handler);
  }

  const wanted: Record<string, LoggerConfig> = {
    ...defaults.loggers,
    ...config.loggers,
  };
  for (
    const [name, { level, handlers: names = [] }] of Object.entries(wanted)
  ) {
    const own = names.map((name) => handlers.get(name))
      .filter((handler) => handler !== undefined);
    loggers.set(name, new Logger(name, level ?? "INFO", { handlers: own }));
  }
}

/**
 * The logger of that name (`default` if there is none), as `getLogger` of
 * `@std/log`. A name that {@linkcode setup} does not know gives a logger
 * without handlers.
 */
export function getLogger(name?: string): Logger {
  const known = loggers.get(name || "default");
  if (known) return known;
  const silent = new Logger(name || "default", "NOTSET");
  loggers.set(silent.loggerName, silent);
  return silent;
}

setup(defaults);
