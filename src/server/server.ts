/**
 * A server, put together: the log, the workers, the supervisor, reloads and the
 * admin address. Each part is given those that were made before it.
 *
 * @module
 */

import { type Address, formatAddress } from "../base/address.ts";
import { aborted, delay, settledWithin } from "../base/time.ts";
import { formatAddresses } from "../config/address_range.ts";
import type { Config } from "../config/config.ts";
import { type Plan, type PlannedService, warningsOf } from "../config/plan.ts";
import { ThisThread } from "../listeners/host.ts";
import { SpareDescriptors } from "../listeners/spare_descriptors.ts";
import { LineWriter } from "../telemetry/line_writer.ts";
import {
  type ConfigurableLog,
  createLog,
  type LogOptions,
} from "../telemetry/log.ts";
import { WorkerPool } from "../workers/worker_pool.ts";
import { type AdminHooks, planAdmin } from "./admin.ts";
import { createMetrics } from "./metrics.ts";
import { programMetrics } from "./program_metrics.ts";
import { Reload, type ReloadResult } from "./reload.ts";
import { type Changes, Supervisor } from "./supervisor.ts";

/** At the end, a slow reader of the log has this long to take the last lines. */
const LAST_LINES_MS = 1000;

/** Only Linux spreads the connections of one port over several sockets. */
const CAN_SPREAD = Deno.build.os === "linux";

/** What a server needs besides its first plan. */
export interface ServerOptions {
  /** The version of mynah. */
  readonly version: string;
  /** Makes the plan again for a reload; `signal` aborts when the result is no longer needed. */
  readonly load: (signal: AbortSignal) => Promise<Plan>;
  /** Where a worker begins. */
  readonly workerModule: URL;
  /** Called after each connection or answered datagram. With it a single thread serves, since workers do not report exchanges. */
  readonly onExchange?: () => void;
}

/** A server that runs a plan, and writes its log to standard error. */
export class Server {
  readonly #plan: Plan;
  readonly #version: string;
  readonly #writer: LineWriter;
  readonly #log: ConfigurableLog;
  readonly #spares = new SpareDescriptors();
  readonly #workers: WorkerPool | undefined;
  readonly #supervisor: Supervisor;
  readonly #reload: Reload;

  /**
   * Binds every address of the plan and serves.
   *
   * @throws {BindErrors} When an address cannot be bound.
   * @throws {WorkerError} When a worker cannot be started.
   */
  static async start(plan: Plan, options: ServerOptions): Promise<Server> {
    const server = new Server(plan, options);
    await server.#start();
    return server;
  }

  private constructor(plan: Plan, options: ServerOptions) {
    const { version, load, workerModule, onExchange } = options;
    this.#plan = plan;
    this.#version = version;
    this.#writer = new LineWriter(Deno.stderr, {
      onLost: (lines, reason) =>
        this.#log.error("log lines lost", { lines, reason }),
    });
    this.#log = createLog(this.#writer, logOptions(plan));
    this.#workers = onExchange ? undefined : this.#startWorkers(workerModule);
    this.#supervisor = new Supervisor({
      log: this.#log,
      host: this.#workers ?? new ThisThread(),
      spares: this.#spares,
      onExchange,
    });
    this.#reload = new Reload({
      supervisor: this.#supervisor,
      plan,
      spares: this.#spares,
      load,
      onReloaded: (next, changes) => this.#onReloaded(next, changes),
      log: this.#log,
    });
  }

  /** The bound addresses of the services, in the order of the config, with the real ports. */
  get addresses(): readonly Address[] {
    return this.#supervisor.addresses;
  }

  /** Reads the config again and puts it to work. Never rejects. */
  reload(): Promise<ReloadResult> {
    return this.#reload.run();
  }

  /**
   * Stops: lets open connections finish for the config's grace time, then writes
   * the last lines of the log.
   *
   * @param force Stops waiting for connections at once.
   */
  async stop(force: AbortSignal): Promise<void> {
    // If forced, do not wait for any connection.
    await Promise.race([
      this.#supervisor.stop(force),
      aborted(force).then(() => delay(LAST_LINES_MS)),
    ]);
    if (this.#workers) {
      await settledWithin(this.#workers.flush(), LAST_LINES_MS);
    }
    await settledWithin(this.#writer.flush(), LAST_LINES_MS);
  }

  async #start(): Promise<void> {
    const admin = this.#adminHooks();
    await this.#supervisor.start(
      this.#plan,
      ({ config, names }) =>
        config.admin ? [planAdmin(config.admin, names, admin)] : [],
    );
    this.#spares.take();
    this.#logWarnings(this.#plan.services);
    const { addresses, adminAddress } = this.#supervisor;
    this.#log.info("ready", {
      version: this.#version,
      pid: Deno.pid,
      listening: formatAddresses(addresses),
      ...(adminAddress ? { admin: formatAddress(adminAddress) } : {}),
    });
  }

  #adminHooks(): AdminHooks {
    const others = [
      ...programMetrics(this.#version, this.#writer, this.#workers),
      ...this.#reload.metrics(),
    ];
    return {
      ready: () => this.#supervisor.ready,
      metrics: createMetrics(() => this.#supervisor.services, others),
      withDescriptors: (work) => this.#spares.use(work),
      reload: () => this.reload(),
    };
  }

  /** Starts the threads that serve TCP, if the config wants more than one. */
  #startWorkers(module: URL): WorkerPool | undefined {
    const count = countWorkers(this.#plan.config);
    if (count === 1) return undefined;
    if (!CAN_SPREAD) {
      this.#log.warn(
        "several workers need Linux; serving with one",
      );
      return undefined;
    }
    return new WorkerPool({
      count,
      writer: this.#writer,
      log: this.#log,
      logOptions: logOptions(this.#plan),
      shortage: this.#spares.shortage,
      module,
    });
  }

  #onReloaded(next: Plan, { changed }: Changes): void {
    this.#log.configure(logOptions(next));
    this.#workers?.configure(logOptions(next));
    if (countWorkers(next.config) !== countWorkers(this.#plan.config)) {
      this.#log.warn('a changed "workers" takes effect at the next start');
    }
    this.#logWarnings(
      next.services.filter(({ spec }) => changed.includes(spec.config.name)),
    );
  }

  #logWarnings(services: readonly PlannedService[]): void {
    for (const planned of services) {
      for (const warning of warningsOf(planned)) {
        this.#log.warn(warning, { service: planned.spec.config.name });
      }
    }
  }
}

function countWorkers({ workers }: Config): number {
  return workers === "auto" ? navigator.hardwareConcurrency : workers;
}

function logOptions({ config: { log } }: Plan): LogOptions {
  return { ...log, color: Deno.stderr.isTerminal() && !Deno.noColor };
}
