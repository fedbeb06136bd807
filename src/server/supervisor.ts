/**
 * Runs a plan: binds every address or none, replaces it by another without
 * dropping anyone, and stops in three steps.
 *
 * @module
 */

import {
  bindAll,
  bindBeside,
  type Binding,
  bindingsOf,
  type ListenersByKey,
  tryEach,
} from "./bindings.ts";
import type { BindError } from "../listeners/bind_error.ts";
import { type Address, formatAddress } from "../base/address.ts";
import { formatAddresses } from "../config/address_range.ts";
import { formatDuration } from "../base/duration.ts";
import { UdpMemory } from "../guard/udp_guard.ts";
import type { Host } from "../listeners/host.ts";
import type { Listener } from "../listeners/listener.ts";
import type { SpareDescriptors } from "../listeners/spare_descriptors.ts";
import { MachineAddresses } from "../listeners/machine_addresses.ts";
import { RunningService } from "../listeners/running_service.ts";
import type { Plan, PlannedService } from "../config/plan.ts";
import { release } from "../listeners/release.ts";
import { RunningServices } from "./running_services.ts";
import { settledWithin } from "../base/time.ts";
import type { Log } from "../telemetry/log.ts";

export { BindErrors } from "./bindings.ts";

/** What a reload changed. */
export interface Changes {
  /** Addresses that are served now and were not before. */
  readonly bound: readonly string[];
  /** Addresses that are no longer served. */
  readonly released: readonly string[];
  /** Names of the services that are new, or whose settings or files differ. */
  readonly changed: readonly string[];
}

/** What a supervisor needs besides the plan. */
export interface SupervisorOptions {
  readonly log: Log;
  /** Called after each connection or answered datagram. */
  readonly onExchange?: () => void;
  /** What `admin` is served with when the services have used up all other descriptors. */
  readonly spares?: SpareDescriptors;
  /** Binds the addresses. */
  readonly host: Host;
}

/** Plans the services of mynah's own that go with a plan, such as `admin`. */
export type PlanInternal = (plan: Plan) => readonly PlannedService[];

/** How often an address that was lost is tried again. */
const RETRY_MS = 1000;

/** What a plan needs in order to serve. */
interface Next {
  readonly plan: Plan;
  /** Its services, `admin` included. */
  readonly planned: readonly PlannedService[];
  /** What runs of each of them. */
  readonly contexts: readonly RunningService[];
  readonly wanted: readonly Binding[];
}

/** A running plan. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #own = new MachineAddresses();
  readonly #services: RunningServices;
  #plan: Plan | undefined;
  #planInternal: PlanInternal = () => [];
  #listeners: ListenersByKey = new Map();
  /** Listeners whose address is released, until their last connection ends. */
  readonly #retired = new Set<Listener>();
  #started = false;
  #stopping = false;
  /** Addresses that could not be bound again after a failed reload. */
  #lost: readonly Binding[] = [];
  #retry: ReturnType<typeof setTimeout> | undefined;
  #reloading: Promise<unknown> = Promise.resolve();

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { log, host, spares, onExchange } = options;
    const { threads, clients, others } = host;
    this.#services = new RunningServices({
      own: this.#own,
      neighbours: this.#own.neighbours,
      threads,
      clients,
      udpMemory: new UdpMemory(),
      others,
      log,
      shortage: spares?.shortage,
      spares,
      onExchange,
    }, host);
  }

  /**
   * Binds every address of the plan and serves.
   *
   * @param planInternal Called for this plan and each later one.
   * @throws {BindErrors} When an address cannot be bound; then none is.
   */
  async start(plan: Plan, planInternal?: PlanInternal): Promise<void> {
    if (planInternal) this.#planInternal = planInternal;
    const next = this.#next(plan);
    this.#change(next, await bindAll(this.#options.host, next.wanted));
    this.#started = true;
  }

  /** The bound addresses of the services, in the order of the config, with the real ports. */
  get addresses(): readonly Address[] {
    return this.#addressesOf(({ internal }) => !internal);
  }

  /** Where `admin` is served, with the real port. */
  get adminAddress(): Address | undefined {
    return this.#addressesOf(({ internal }) => internal).at(0);
  }

  /** The services that run or still have connections, and with them what was counted; without `admin`. */
  get services(): readonly RunningService[] {
    return this.#services.all.filter(({ internal }) => !internal);
  }

  /** Whether every address is bound, and none is about to be released for good. */
  get ready(): boolean {
    return this.#started && !this.#stopping && this.#lost.length === 0;
  }

  /** Whether every address is about to be released for good. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /**
   * Replaces the running plan by another. What both have goes on untouched: an
   * address keeps its socket, a service its connections, counts and budgets. To
   * be called for one plan after the other, and no more after `stop`.
   *
   * @throws {BindErrors} When a new address cannot be bound; then nothing has changed.
   */
  reload(plan: Plan): Promise<Changes> {
    return this.#inTurn(() => this.#reload(plan));
  }

  /**
   * Stops: closes the listening sockets, lets open connections finish for the
   * config's grace time, then closes what is left. `admin` answers to the end.
   *
   * @param force Cuts the grace time short.
   */
  async stop(force: AbortSignal): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    await this.#reloading;
    const graceMs = this.#plan?.config.shutdownGraceMs ?? 0;
    const [admin, others] = partition(
      [...this.#listeners.values(), ...this.#retired],
      ({ context }) => context.internal,
    );
    await release(others);
    this.#options.log.info("stopping", {
      open_connections: openConnections(this.services),
      grace: formatDuration(graceMs),
    });

    const drained = Promise.all(others.map((listener) => listener.drained()));
    const finished = await settledWithin(drained, graceMs, force);

    for (const listener of [...others, ...admin]) {
      listener.stop();
      if (!finished) listener.abort("shutdown");
    }
    await drained;
    for (const context of this.#services.all) context.flushLogs();
    this.#options.log.info("stopped");
  }

  async #reload(plan: Plan): Promise<Changes> {
    const next = this.#next(plan);
    const bound = await bindBeside(
      this.#options.host,
      next.wanted,
      this.#listeners,
      (released) => this.#restore(released),
    );
    const { released, changed } = this.#change(next, bound);
    // Wait for this: another program, or the next reload, may want their addresses.
    await this.#retire(released);
    await this.#options.host.settled();
    return {
      bound: addressesOf(bound.values()),
      released: addressesOf(released),
      changed,
    };
  }

  /** Serves a plan whose new addresses are bound. From here on nothing can fail. */
  #change(
    { plan, planned, contexts, wanted }: Next,
    bound: ListenersByKey,
  ): { released: readonly Listener[]; changed: readonly string[] } {
    const changed = this.#services.change(planned, contexts);
    const listeners = new Map<string, Listener>();
    for (const { key, context, address } of wanted) {
      const listener = bound.get(key) ?? this.#listeners.get(key);
      // An address of a name that this machine does not have.
      if (!listener) continue;
      listener.handOver(context, address.hostname);
      listeners.set(key, listener);
    }
    const released = [...this.#listeners].filter(([key]) => !listeners.has(key))
      .map(([, listener]) => listener);

    this.#plan = plan;
    this.#lost = [];
    clearTimeout(this.#retry);
    this.#listeners = listeners;
    this.#own.update(listeners.values());
    for (const listener of bound.values()) listener.serve();
    return { released, changed };
  }

  /** Binds addresses again that were released in vain. An address that another program took meanwhile is lost until it is free. */
  async #restore(released: readonly Binding[]): Promise<void> {
    for (const { key } of released) this.#remember(this.#listeners.get(key)!);
    for (const { message } of (await this.#bindAgain(released)).values()) {
      this.#options.log.error("address lost; retrying every second", {
        reason: message,
      });
    }
  }

  /** Serves the addresses that can be bound again, and retries the rest later. Returns why those could not be bound. */
  async #bindAgain(
    wanted: readonly Binding[],
  ): Promise<ReadonlyMap<Binding, BindError>> {
    const { bound, errors } = await tryEach(this.#options.host, wanted);
    const listeners = new Map([...this.#listeners, ...bound]);
    for (const { key } of errors.keys()) listeners.delete(key);
    this.#listeners = listeners;
    this.#own.update(listeners.values());
    for (const listener of bound.values()) listener.serve();
    this.#lost = [...errors.keys()];
    if (this.#lost.length > 0 && !this.#stopping) {
      this.#retry = setTimeout(
        () => this.#inTurn(() => this.#retryLost()),
        RETRY_MS,
      );
    }
    return errors;
  }

  async #retryLost(): Promise<void> {
    const lost = this.#lost;
    if (this.#stopping || lost.length === 0) return;
    const errors = await this.#bindAgain(lost);
    const back = lost.filter((one) => !errors.has(one));
    if (back.length === 0) return;
    this.#options.log.info("address served again", {
      addresses: back.map(({ address }) => formatAddress(address)),
    });
  }

  /** Runs one piece of work after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#reloading.then(work);
    this.#reloading = done.catch(() => {});
    return done;
  }

  #next(plan: Plan): Next {
    const planned = [...plan.services, ...this.#planInternal(plan)];
    const contexts = this.#services.of(planned);
    const wanted = planned.flatMap(({ spec: { config: { listen } } }, i) =>
      bindingsOf(listen, contexts[i], plan.names)
    );
    return { plan, planned, contexts, wanted };
  }

  async #retire(listeners: readonly Listener[]): Promise<void> {
    await release(listeners);
    for (const listener of listeners) this.#remember(listener);
  }

  /** Keeps track of a released listener for as long as it has connections. */
  #remember(listener: Listener): void {
    this.#retired.add(listener);
    listener.drained().then(() => this.#retired.delete(listener));
  }

  #addressesOf(which: (context: RunningService) => boolean): Address[] {
    return withoutRepeats(
      [...this.#listeners.values()].filter(({ context }) => which(context)),
    );
  }
}

function openConnections(services: readonly RunningService[]): number {
  return services.reduce((sum, { connections }) => sum + connections.open, 0);
}

function addressesOf(listeners: Iterable<Listener>): string[] {
  return formatAddresses(withoutRepeats(listeners));
}

/** As the config has them: a name, or `*`, may take several sockets. */
function withoutRepeats(listeners: Iterable<Listener>): Address[] {
  const all = [...listeners].map(({ address }) => address);
  return [...new Map(all.map((one) => [formatAddress(one), one])).values()];
}

function partition<T>(
  all: readonly T[],
  test: (one: T) => boolean,
): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}
