/**
 * A log for tests in process.
 *
 * @module
 */

import type { Fields, Log } from "../../src/telemetry/log.ts";

/** One event as it was logged. */
export interface LoggedEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Fields;
}

/** Keeps every event, and lets a test wait for one. */
export class MemoryLog implements Log {
  readonly debugging = true;
  maxLinesPerSecond = Infinity;
  readonly events: LoggedEvent[] = [];
  #changed = Promise.withResolvers<void>();

  debug = this.#taker("debug");
  info = this.#taker("info");
  warn = this.#taker("warn");
  error = this.#taker("error");

  /** The messages so far, in order. */
  get messages(): string[] {
    return this.events.map(({ message }) => message);
  }

  /** Resolves to the first event with this message, those already logged included. */
  async event(message: string): Promise<LoggedEvent> {
    while (true) {
      const found = this.events.find((event) => event.message === message);
      if (found) return found;
      await this.#changed.promise;
    }
  }

  #taker(level: LoggedEvent["level"]) {
    return (message: string, fields: Fields = {}) => {
      this.events.push({ level, message, fields });
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
  }
}
