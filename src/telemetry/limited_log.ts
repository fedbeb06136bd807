/**
 * Logs the events that clients cause: up to the configured number of lines a
 * second, and samples of the rest.
 *
 * @module
 */

import type { Fields, Log } from "./log.ts";
import { SampledLog } from "./sampled_log.ts";

/** What such an event can be worth. */
type Level = "debug" | "info" | "error";

// The fields of the memory: a second, and the number of its lines.
const SECOND = 0;
const LINES = 1;

/** Makes the memory in which all threads count the lines of a service. */
export function linesMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
}

/**
 * A service's log in one thread. Past `max_lines_per_second`, for all threads
 * together, it logs one line a second for each kind of event, with the number of events left out.
 */
export class LimitedLog {
  readonly #log: Log;
  readonly #numbers: Int32Array;
  readonly #now: () => number;
  readonly #samples = new Map<string, SampledLog>();

  /**
   * @param memory Made by {@linkcode linesMemory}.
   * @param now The time in milliseconds, the same in all threads.
   */
  constructor(
    log: Log,
    memory: SharedArrayBuffer,
    now: () => number = Date.now,
  ) {
    this.#log = log;
    this.#numbers = new Int32Array(memory);
    this.#now = now;
  }

  /** Takes an event. `fields` is called only if the event is shown. */
  debug(message: string, fields: () => Fields): void {
    if (this.#log.debugging) this.#add("debug", message, fields);
  }

  /** Takes an event. `fields` is called only if the event is shown. */
  info(message: string, fields: () => Fields): void {
    this.#add("info", message, fields);
  }

  /** Takes an event. `fields` is called only if the event is shown. */
  error(message: string, fields: () => Fields): void {
    this.#add("error", message, fields);
  }

  /** Logs the events still held back. */
  flush(): void {
    for (const sample of this.#samples.values()) sample.flush();
  }

  #add(level: Level, message: string, fields: () => Fields): void {
    if (this.#hasRoom()) this.#log[level](message, fields());
    else this.#sampleOf(level, message).add(fields);
  }

  /** Counts a line in, if this second has room for one. A line too many where two threads begin a second is no matter. */
  #hasRoom(): boolean {
    const numbers = this.#numbers;
    const second = Math.floor(this.#now() / 1000) | 0;
    if (Atomics.load(numbers, SECOND) !== second) {
      Atomics.store(numbers, SECOND, second);
      Atomics.store(numbers, LINES, 0);
    }
    if (Atomics.load(numbers, LINES) >= this.#log.maxLinesPerSecond) {
      return false;
    }
    Atomics.add(numbers, LINES, 1);
    return true;
  }

  #sampleOf(level: Level, message: string): SampledLog {
    let sample = this.#samples.get(message);
    if (sample === undefined) {
      sample = new SampledLog({ warn: this.#log[level] }, message);
      this.#samples.set(message, sample);
    }
    return sample;
  }
}
