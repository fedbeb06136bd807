/**
 * @module
 */

import type { Call, WorkerCommand, WorkerMessage } from "./messages.ts";
import { reasonOf } from "../base/reason.ts";

/** A message from a worker that answers no command. */
export type WorkerEvent = Exclude<WorkerMessage, { id: number }>;

/** A worker that has not done a command when it was looked at so often is stuck. Once is not enough: when a stopped program goes on, its timers come first. */
const LOOKS = 2;
const LOOK_MS = 3000;

/** A command that is not done yet. */
interface Pending extends PromiseWithResolvers<void> {
  readonly command: WorkerCommand;
  looks: number;
}

/** A worker that could not be started. */
export class WorkerError extends Error {
  override name = "WorkerError";
}

/** One worker, as the main thread holds it: a command is a call, which resolves when the command is done. */
export class WorkerHandle {
  /** Resolves to what ended it, if it does not end by {@linkcode WorkerHandle.end}. */
  readonly death: Promise<string>;
  readonly #worker: Worker;
  readonly #calls = new Map<number, Pending>();
  readonly #die: (reason: string) => void;
  readonly #lookMs: number;
  #looking: ReturnType<typeof setTimeout> | undefined;
  #dead = false;
  #lastId = 0;

  /**
   * @param module Where it begins.
   * @param lookMs How often it is looked at, in milliseconds, while it has something to do.
   * @throws {WorkerError} When there is no thread or memory for it.
   */
  constructor(
    module: URL,
    name: string,
    onEvent: (event: WorkerEvent) => void,
    lookMs = LOOK_MS,
  ) {
    this.#lookMs = lookMs;
    try {
      this.#worker = new Worker(module, { type: "module", name });
    } catch (error) {
      const reason = reasonOf(error);
      throw new WorkerError(`Cannot start ${name}: ${reason}`);
    }
    const death = Promise.withResolvers<string>();
    this.death = death.promise;
    this.#die = (reason) => {
      this.end();
      death.resolve(reason);
    };
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
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
   * Sends the worker a command.
   *
   * @returns When the command is done; at once if the worker has ended.
   * @throws {Error} When an address could not be bound. Every other command can be done: a worker that fails at one is ended.
   */
  call(command: WorkerCommand): Promise<void> {
    if (this.#dead) return Promise.resolve();
    const id = ++this.#lastId;
    const done = { command, looks: 0, ...Promise.withResolvers<void>() };
    this.#calls.set(id, done);
    const call: Call = { id, command };
    this.#worker.postMessage(call);
    this.#looking ??= setTimeout(() => this.#look(), this.#lookMs);
    return done.promise;
  }

  /** Ends a worker that is stuck, since callers would wait for it for ever. */
  #look(): void {
    this.#looking = undefined;
    // Connections take as long as they like.
    const calls = [...this.#calls.values()]
      .filter(({ command }) => command.do !== "drain");
    for (const call of calls) call.looks++;
    if (calls.some(({ looks }) => looks >= LOOKS)) {
      this.#die("does not answer");
    } else if (calls.length > 0) {
      this.#looking = setTimeout(() => this.#look(), this.#lookMs);
    }
  }

  /** Ends it, and whatever it holds. */
  end(): void {
    this.#dead = true;
    clearTimeout(this.#looking);
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
