/**
 * Serving TCP with several threads: the main thread's side.
 *
 * Every worker listens on every address with `SO_REUSEPORT`, and the kernel
 * spreads the connections over them. The main thread decides (it reads the
 * config, binds, reloads, stops), serves UDP and `admin`, and writes the log.
 * Limits and counts hold for the process as a whole: see
 * `guard/connection_limits.ts` and `telemetry/counters.ts`. A worker that dies
 * is replaced, and its clients are the only ones who notice.
 *
 * @module
 */

import type { Endpoint } from "../config/endpoint.ts";
import type { DescriptorShortage } from "../listeners/spare_descriptors.ts";
import { ClientTable } from "../guard/client_table.ts";
import { BindError } from "../listeners/bind_error.ts";
import { bindHere, type Host } from "../listeners/host.ts";
import type { Listener } from "../listeners/listener.ts";
import type {
  OtherThreads,
  RunningService,
} from "../listeners/running_service.ts";
import type { LineWriter } from "../telemetry/line_writer.ts";
import type { Log, LogOptions } from "../telemetry/log.ts";
import type { ThreadSlot } from "../base/thread_slot.ts";
import type { WorkerCommand } from "./messages.ts";
import { WorkerListener } from "./worker_listener.ts";
import {
  WorkerError,
  type WorkerEvent,
  WorkerHandle,
} from "./worker_handle.ts";
import { reasonOf } from "../base/reason.ts";

/** A worker that dies again and again must not keep the machine busy. */
const REPLACE_AFTER_MS = 1000;

/** What workers work with. */
export interface WorkerPoolOptions {
  /** How many. */
  readonly count: number;
  /** Writes the lines that the workers log. */
  readonly writer: Pick<LineWriter, "write" | "addLost">;
  readonly log: Log;
  readonly logOptions: LogOptions;
  /** Set while services must not use free descriptors. */
  readonly shortage: DescriptorShortage;
  /** Where they begin: `thread.ts`, or another that calls `work`. */
  readonly module: URL;
  /** How often a worker that has something to do is looked at, in milliseconds. */
  readonly lookMs?: number;
}

/** The threads that serve TCP. */
export class WorkerPool implements Host, OtherThreads {
  /** All threads, of which the main thread is the first. */
  readonly threads: ThreadSlot;
  readonly clients: ClientTable;
  services: readonly RunningService[] = [];
  readonly #options: WorkerPoolOptions;
  readonly #members: WorkerHandle[] = [];
  /** The addresses that a new worker has to bind. */
  readonly #listeners = new Set<WorkerListener>();
  readonly #replacing = new Set<ReturnType<typeof setTimeout>>();
  #logOptions: LogOptions;
  #lastListener = 0;
  #replaced = 0;
  #closed = false;

  /** @throws {WorkerError} When one cannot be started. The others are left: to end them would take more threads. */
  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#logOptions = options.logOptions;
    const { count } = options;
    this.threads = { threads: count + 1, thread: 0 };
    this.clients = createClientTable(this.threads);
    for (let i = 0; i < count; i++) this.#members.push(this.#start(i));
  }

  get others(): OtherThreads {
    return this;
  }

  /**
   * Has every worker listen on an address. UDP, and what is mynah's own, this
   * thread serves.
   *
   * @throws {BindError} When one cannot; then none does.
   */
  async bind(address: Endpoint, context: RunningService): Promise<Listener> {
    if (address.transport === "udp" || context.internal) {
      return await bindHere(address, context);
    }
    const id = ++this.#lastListener;
    const listener = new WorkerListener(this, id, address, context);
    this.#listeners.add(listener);
    try {
      await this.all(bindCommand(listener));
    } catch (error) {
      await this.release(listener);
      throw new BindError(address, error);
    }
    return listener;
  }

  /** Has every worker free an address; what is under way there goes on. */
  async release(listener: WorkerListener): Promise<void> {
    this.#listeners.delete(listener);
    await this.all({ do: "release", listener: listener.id });
  }

  /** Tells every worker that a service's config has changed. */
  async update({ spec, memory }: RunningService): Promise<void> {
    await this.all({ do: "update", service: { spec, memory } });
  }

  /** Changes how their log looks. */
  async configure(log: LogOptions): Promise<void> {
    this.#logOptions = log;
    await this.all({ do: "configure", log });
  }

  /** Wakes the clients that wait for room at a service. */
  wake(service: number): void {
    this.all({ do: "wake", service });
  }

  /** Sends every worker a command. Resolves when all are done. */
  async all(command: WorkerCommand): Promise<void> {
    await Promise.all(this.#members.map((member) => member.call(command)));
  }

  /** Resolves when every command so far is done. */
  async settled(): Promise<void> {
    await this.all({ do: "settle" });
  }

  /** Resolves when all that they logged is written. Who dies from now on is not replaced. */
  async flush(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#replacing) clearTimeout(timer);
    await this.all({ do: "flush" });
  }

  /** Ends the workers. The end of the program does that, too, and needs no thread for it as this does in Deno. */
  async close(): Promise<void> {
    await this.flush();
    for (const member of this.#members) member.end();
  }

  /** How many there are. */
  get count(): number {
    return this.#members.length;
  }

  /** How many have died and were replaced. */
  get replaced(): number {
    return this.#replaced;
  }

  #start(i: number): WorkerHandle {
    const member = new WorkerHandle(
      this.#options.module,
      `mynah worker ${i + 1}`,
      (event) => this.#take(event),
      this.#options.lookMs,
    );
    member.call({
      do: "start",
      threads: { ...this.threads, thread: i + 1 },
      clients: this.clients.memory,
      shortage: this.#options.shortage.memory,
      log: this.#logOptions,
    });
    member.death.then((reason) => this.#died(i, reason));
    return member;
  }

  #died(i: number, reason: string): void {
    if (this.#closed) return;
    const { log } = this.#options;
    log.error("worker died; its connections are lost", {
      worker: i + 1,
      reason,
    });
    this.clients.lock();
    this.clients.forget(i + 1);
    this.clients.unlock();
    for (const { connections } of this.services) connections.forget(i + 1);
    this.#replaceLater(i);
  }

  #replaceLater(i: number): void {
    const timer = setTimeout(() => {
      this.#replacing.delete(timer);
      this.#replace(i);
    }, REPLACE_AFTER_MS);
    this.#replacing.add(timer);
  }

  async #replace(i: number): Promise<void> {
    const { log } = this.#options;
    let member: WorkerHandle;
    try {
      member = this.#members[i] = this.#start(i);
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      log.error("cannot replace worker; retrying", {
        worker: i + 1,
        reason: error.message,
      });
      return this.#replaceLater(i);
    }
    this.#replaced++;
    for (const listener of this.#listeners) {
      try {
        await member.call(bindCommand(listener));
        await member.call({ do: "serve", listener: listener.id });
      } catch (error) {
        // The other workers serve the address.
        log.error("worker cannot listen", {
          worker: i + 1,
          reason: reasonOf(error),
        });
      }
    }
    log.info("worker replaced", { worker: i + 1 });
  }

  #take(event: WorkerEvent): void {
    const { writer } = this.#options;
    if ("lines" in event) {
      for (const line of event.lines.split("\n")) {
        if (line !== "") writer.write(line);
      }
    } else if ("lost" in event) {
      writer.addLost(event.lost);
    } else if ("wake" in event) {
      this.wake(event.wake);
    } else {
      const { refused, fields: { left_out = 0, ...fields } } = event;
      this.services.find(({ memory }) => memory.id === refused)
        ?.refusals.add(() => fields, Number(left_out));
    }
  }
}

function bindCommand({ id, address, context }: WorkerListener): WorkerCommand {
  const { spec, memory } = context;
  return { do: "bind", listener: id, address, service: { spec, memory } };
}

/** The table of clients, which grows with the threads. */
function createClientTable(threads: ThreadSlot): ClientTable {
  try {
    return new ClientTable(threads);
  } catch (error) {
    // What the engine throws when there is no memory left.
    if (!(error instanceof RangeError)) throw error;
    throw new WorkerError("Cannot start the workers: out of memory", {
      cause: error,
    });
  }
}
