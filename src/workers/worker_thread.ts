/**
 * @module
 */

import type { Call, Command, Report } from "./messages.ts";

/** What a worker reports of its own accord. */
export type Event = Exclude<Report, { id: number }>;

/** One worker, as the main thread holds it: a command is a call, which resolves when the command is done. */
export class WorkerThread {
  /** What ended it, if it has ended. */
  readonly death: Promise<string>;
  readonly #worker: Worker;
  readonly #calls = new Map<number, PromiseWithResolvers<void>>();
  #dead = false;
  #lastId = 0;

  /** @param module Where it begins. */
  constructor(module: URL, name: string, onEvent: (event: Event) => void) {
    this.#worker = new Worker(module, { type: "module", name });
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if ("id" in data) this.#answered(data.id, data.error);
      else onEvent(data);
    };
    const death = Promise.withResolvers<string>();
    this.death = death.promise;
    this.#worker.onerror = (event) => {
      // Or it would be the end of the main thread too.
      event.preventDefault();
      this.end();
      death.resolve(event.message);
    };
  }

  /**
   * Has the worker carry out a command.
   *
   * @returns When it is done. One that has ended has nothing to do any more.
   * @throws {Error} When it could not be done.
   */
  call(command: Command): Promise<void> {
    if (this.#dead) return Promise.resolve();
    const id = ++this.#lastId;
    const done = Promise.withResolvers<void>();
    this.#calls.set(id, done);
    const call: Call = { id, command };
    this.#worker.postMessage(call);
    return done.promise;
  }

  /** Ends it, and whatever it holds. */
  end(): void {
    this.#dead = true;
    this.#worker.terminate();
    for (const { resolve } of this.#calls.values()) resolve();
    this.#calls.clear();
  }

  #answered(id: number, error: string | undefined): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error === undefined) call?.resolve();
    else call?.reject(new Error(error));
  }
}
