/**
 * What a worker does: it serves TCP in a thread of its own, as the main thread
 * tells it to.
 *
 * It holds sockets and connections and decides nothing that the main thread has
 * decided already: which addresses, which services, and when to let them go.
 *
 * @module
 */

import { DescriptorShortage } from "../listeners/spare_descriptors.ts";
import { ClientTable } from "../guard/client_table.ts";
import { UdpMemory } from "../guard/udp_guard.ts";
import { MachineAddresses } from "../listeners/machine_addresses.ts";
import {
  type OtherThreads,
  type ProcessContext,
  RunningService,
} from "../listeners/running_service.ts";
import { TcpListener } from "../listeners/tcp.ts";
import type { PlannedService, ServiceSpec } from "../config/plan.ts";
import { release } from "../listeners/release.ts";
import { replay } from "../services/resources.ts";
import { createService, type ServiceType } from "../services/service.ts";
import { LineWriter } from "../telemetry/line_writer.ts";
import { type ConfigurableLog, createLog } from "../telemetry/log.ts";
import type {
  Call,
  PostedService,
  WorkerCommand,
  WorkerMessage,
} from "./messages.ts";
import { nextTurn } from "../base/time.ts";
import { reasonOf } from "../base/reason.ts";

type Start = Extract<WorkerCommand, { do: "start" }>;
type Drain = Extract<WorkerCommand, { do: "drain" }>;

/** The global scope of a worker, which the types of a window do not have. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Call>) => void;
  postMessage(report: WorkerMessage): void;
};

const others: OtherThreads = {
  wake: (service) => scope.postMessage({ wake: service }),
  refused: (refused, fields) => scope.postMessage({ refused, fields }),
};

const decoder = new TextDecoder();

/** Sends log lines to the main thread, those of one turn in one piece. */
const writer = new LineWriter({
  async write(bytes) {
    scope.postMessage({ lines: decoder.decode(bytes) });
    await nextTurn();
    return bytes.length;
  },
}, { onLost: (lost) => scope.postMessage({ lost }) });

class WorkerHost {
  readonly #log: ConfigurableLog;
  readonly #shared: ProcessContext;
  readonly #types: readonly ServiceType[];
  readonly #listeners = new Map<number, TcpListener>();
  /** The services by their number. */
  readonly #contexts = new Map<number, RunningService>();

  constructor(
    { threads, clients, shortage, log }: Start,
    types: readonly ServiceType[],
  ) {
    this.#types = types;
    this.#log = createLog(writer, log);
    this.#shared = {
      log: this.#log,
      own: new MachineAddresses(),
      threads,
      clients: new ClientTable(threads, clients),
      udpMemory: new UdpMemory(),
      shortage: new DescriptorShortage(shortage),
    };
  }

  async do(command: Exclude<WorkerCommand, Start | Drain>): Promise<void> {
    switch (command.do) {
      case "configure":
        return this.#log.configure(command.log);
      case "bind": {
        const context = await this.#contextOf(command.service);
        const options = { reusePort: true };
        this.#listeners.set(
          command.listener,
          TcpListener.bind(command.address, context, options),
        );
        return;
      }
      case "serve":
        return void this.#listeners.get(command.listener)?.serve();
      case "hand over": {
        const context = await this.#contextOf(command.service);
        this.#listeners.get(command.listener)?.handOver(
          context,
          command.hostname,
        );
        return;
      }
      case "update":
        return await this.#update(command.service);
      case "wake":
        return this.#contexts.get(command.service)?.connections.wakeHere();
      case "release":
        return await this.#release(command.listener);
      case "abort":
        return this.#listeners.get(command.listener)?.abort(command.reason);
      case "settle":
        return;
      case "flush":
        return await writer.flush();
    }
  }

  /** Resolves when a listener's last connection has ended, and lets go of it. */
  async drained(listener: number): Promise<void> {
    const drained = this.#listeners.get(listener);
    if (!drained) return;
    await drained.drained();
    // Nobody else would log a sample that is still held back.
    drained.context.flushLogs();
    this.#listeners.delete(listener);
  }

  async #release(listener: number): Promise<void> {
    const released = this.#listeners.get(listener);
    if (released) await release([released]);
  }

  async #contextOf({ spec, memory }: PostedService): Promise<RunningService> {
    this.#forgetContexts();
    const { id } = memory;
    const context = this.#contexts.get(id) ??
      new RunningService(
        await this.#create(spec),
        this.#shared,
        memory,
        others,
      );
    this.#contexts.set(id, context);
    return context;
  }

  /** A service lives here for as long as a listener has it, or connections that another one took over. */
  #forgetContexts(): void {
    const listeners = [...this.#listeners.values()];
    for (const [id, context] of this.#contexts) {
      const isUsed = context.connections.open > 0 ||
        listeners.some((listener) => listener.context === context);
      if (!isUsed) this.#contexts.delete(id);
    }
  }

  async #update({ spec, memory }: PostedService): Promise<void> {
    const context = this.#contexts.get(memory.id);
    if (!context) return;
    const isSame = spec.fingerprint === context.spec.fingerprint;
    context.update(
      isSame ? { spec, service: context.service } : await this.#create(spec),
    );
  }

  async #create(spec: ServiceSpec): Promise<PlannedService> {
    const { config, resources } = spec;
    const service = await createService(config, replay(resources), this.#types);
    return { spec, service };
  }
}

/** Executes the commands that the main thread sends to this worker, with services of these types. */
export function work(types: readonly ServiceType[]): void {
  let thread: WorkerHost | undefined;
  let last: Promise<void> = Promise.resolve();

  async function carryOut(
    command: Exclude<WorkerCommand, Drain>,
  ): Promise<void> {
    if (command.do === "start") thread = new WorkerHost(command, types);
    else await thread!.do(command);
  }

  scope.onmessage = ({ data: { id, command } }) => {
    if (command.do === "drain") {
      last.then(() => answer(id, thread!.drained(command.listener)));
    } else {
      last = last.then(() => answer(id, carryOut(command)));
    }
  };
}

async function answer(id: number, done: Promise<void>): Promise<void> {
  try {
    await done;
    scope.postMessage({ id });
  } catch (error) {
    const message = reasonOf(error);
    scope.postMessage({ id, error: message });
  }
}
