/**
 * Events that anyone can cause at any rate, in at most one log line a second.
 *
 * @module
 */

import type { Fields, Log } from "./log.ts";

const INTERVAL_MS = 1000;

/** Logs the first event at once, and of those that follow within a second the last, with how many were left out. */
export class SampledLog {
  readonly #log: Log;
  readonly #message: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #latest: (() => Fields) | undefined;
  #leftOut = 0;

  constructor(log: Log, message: string) {
    this.#log = log;
    this.#message = message;
  }

  /** Takes an event. `fields` is called only if it is the one that is shown. */
  add(fields: () => Fields): void {
    if (this.#timer !== undefined) {
      if (this.#latest) this.#leftOut++;
      this.#latest = fields;
      return;
    }
    this.#log.warn(this.#message, fields());
    this.#startInterval();
  }

  /** Logs what is still waiting. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#latest) return;
    this.#log.warn(this.#message, {
      ...this.#latest(),
      left_out: this.#leftOut,
    });
    this.#latest = undefined;
    this.#leftOut = 0;
  }

  #startInterval(): void {
    this.#timer = setTimeout(() => {
      const more = this.#latest !== undefined;
      this.flush();
      if (more) this.#startInterval();
    }, INTERVAL_MS);
    Deno.unrefTimer(this.#timer);
  }
}
