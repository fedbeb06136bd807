/**
 * @module
 */

import type { Log } from "./log.ts";

/** A log for what happens every few seconds by design, such as scrapes. */
export function quietLog(log: Log): Log {
  return {
    get debugging() {
      return log.debugging;
    },
    get maxLinesPerSecond() {
      return log.maxLinesPerSecond;
    },
    debug: log.debug,
    info: log.debug,
    warn: log.warn,
    error: log.error,
  };
}
