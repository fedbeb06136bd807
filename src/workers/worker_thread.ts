/**
 * @module
 */

import type { Call, Command, Report } from "./messages.ts";

/** What a worker reports of its own accord. */
export type Event = Exclude<Report, { id: number }>;

/** A command that is not done yet. */
interface Pending extends PromiseWithResolvers<void> {
  readonly command: Command;
}

/** One worker, as the main thread holds it: a command is a call, which resolves when the command is done. */
export class WorkerThread {
  /** Resolves to what ended it, if it does not end by {@linkcode WorkerThread.end}. */
  readonly death: Promise<string>;
  readonly #worker: Worker;
  readonly #calls = new Map<number, Pending>();
  readonly #die: (reason: string) => void;
  #dead = false;
  #lastId = 0;

  /** @param module Where it begins. */
  constructor(module: URL, name: string, onEvent: (event: Event) => void) {
    this.#worker = new Worker(module, { type: "module", name });
    const death = Promise.withResolvers<string>();
    this.death = death.promise;
    this.#die = (reason) => {
      this.end();
      death.resolve(reason);
    };
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => {
      if ("id" in data) this.#answered(data.id, data.error);
      else onEvent(data);
    };
    this.#worker.onerror = (event) => {
      // Or it would be the end of the main thread too.
      event.preventDefault();
      this.#die(event.message);
    };
  }

  /**
   * Has the worker carry out a command.
   *
   * @returns When it is done. One that has ended has nothing to do any more.
   * @throws {Error} When an address could not be bound. Every other command can be done: a worker that fails at one is ended.
   */
  call(command: Command): Promise<void> {
    if (this.#dead) return Promise.resolve();
    const id = ++this.#lastId;
    const done = { command, ...Promise.withResolvers<void>() };
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
    if (error !== undefined && call?.command.do === "bind") {
      return call.reject(new Error(error));
    }
    call?.resolve();
    if (error !== undefined) this.#die(error);
  }
}
