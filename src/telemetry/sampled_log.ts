/**
 * Logs events that anyone can cause at any rate, with at most one line a second.
 *
 * @module
 */

import type { Fields, Log } from "./log.ts";

/** Logs the first event at once, and the last one of each interval that follows, with the number of events left out. */
export class SampledLog {
  readonly #log: Pick<Log, "warn">;
  readonly #message: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #latest: (() => Fields) | undefined;
  readonly #intervalMs: number;
  #leftOut = 0;

  /** @param intervalMs How long it is silent after each line. */
  constructor(log: Pick<Log, "warn">, message: string, intervalMs = 1000) {
    this.#intervalMs = intervalMs;
    this.#log = log;
    this.#message = message;
  }

  /**
   * Takes an event.
   *
   * @param fields Called only if the event is the one that is shown.
   * @param leftOut How many others it stands for already.
   */
  add(fields: () => Fields, leftOut = 0): void {
    this.#leftOut += leftOut;
    if (this.#timer !== undefined) {
      if (this.#latest) this.#leftOut++;
      this.#latest = fields;
      return;
    }
    this.#latest = fields;
    this.#show();
    this.#startInterval();
  }

  /** Logs the event still held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#latest) this.#show();
  }

  #show(): void {
    this.#log.warn(this.#message, {
      ...this.#latest!(),
      ...(this.#leftOut > 0 ? { left_out: this.#leftOut } : {}),
    });
    this.#latest = undefined;
    this.#leftOut = 0;
  }

  #startInterval(): void {
    this.#timer = setTimeout(() => {
      const more = this.#latest !== undefined;
      this.flush();
      if (more) this.#startInterval();
    }, this.#intervalMs);
    Deno.unrefTimer(this.#timer);
  }
}
