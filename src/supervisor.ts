/**
 * Runs a plan: binds every address or none, replaces it by another without
 * dropping anyone, and stops in three steps.
 *
 * @module
 */

import { type Address, formatAddress } from "./config/address.ts";
import { formatDuration } from "./config/duration.ts";
import { BindError } from "./listeners/bind_error.ts";
import { bind, type Listener } from "./listeners/listener.ts";
import { OwnSockets } from "./listeners/own_addresses.ts";
import { ServiceContext } from "./listeners/service_context.ts";
import type { Plan, PlannedService } from "./plan.ts";
import type { Service } from "./services/service.ts";
import type { Log } from "./telemetry/log.ts";

/** Several addresses that could not be bound; the message has one a line. */
export class BindErrors extends AggregateError {
  override name = "BindErrors";

  constructor(errors: readonly BindError[]) {
    super(errors, errors.map((error) => error.message).join("\n"));
  }
}

/** What a reload changed. */
export interface Changes {
  /** Addresses that are served since. */
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
  /** What answers on the config's `admin` address. */
  readonly admin?: Service;
}

/** An address that a plan wants, and who answers there. */
interface Wanted {
  /** What the address is known by from one plan to the next. */
  readonly key: string;
  readonly address: Address;
  readonly context: ServiceContext;
}

/** Enough for a person and two Prometheuses; a stalled one must not hold a descriptor for long. */
const ADMIN_LIMITS = { maxConnections: 32, idleTimeoutMs: 10_000 };

/** A running plan. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #own = new OwnSockets();
  readonly #admin: ServiceContext | undefined;
  #plan: Plan;
  #contexts: ReadonlyMap<string, ServiceContext> = new Map();
  #listeners: ReadonlyMap<string, Listener> = new Map();
  /** Those that a reload took out of the config, until their last connection ends. */
  readonly #retired = new Set<Listener>();
  #ready = false;

  /**
   * Binds every address of the plan and serves.
   *
   * @throws {BindErrors} When an address cannot be bound; then none is.
   */
  static start(plan: Plan, options: SupervisorOptions): Supervisor {
    const supervisor = new Supervisor(plan, options);
    supervisor.#apply(plan);
    supervisor.#ready = true;
    return supervisor;
  }

  private constructor(plan: Plan, options: SupervisorOptions) {
    this.#plan = plan;
    this.#options = options;
    const { admin, log } = options;
    if (!admin) return;
    const config = {
      name: "admin",
      type: "admin",
      listen: [],
      limits: ADMIN_LIMITS,
      options: {},
    };
    const shared = { log: quiet(log), own: this.#own };
    this.#admin = new ServiceContext(config, admin, shared);
  }

  /** The bound addresses of the services, in the order of the config, with the real ports. */
  get addresses(): readonly Address[] {
    return this.#addressesOf((context) => context !== this.#admin);
  }

  /** Where `admin` is served, with the real port. */
  get adminAddress(): Address | undefined {
    return this.#addressesOf((context) => context === this.#admin).at(0);
  }

  /** The running services, and with them what was counted. */
  get services(): readonly ServiceContext[] {
    return [...this.#contexts.values()];
  }

  /** Whether every address is bound, and none is about to be released. */
  get ready(): boolean {
    return this.#ready;
  }

  /**
   * Replaces the running plan by another. What both have goes on untouched: an
   * address keeps its socket, a service its connections, counts and budgets.
   *
   * @throws {BindErrors} When a new address cannot be bound; then nothing has changed.
   */
  reload(plan: Plan): Changes {
    return this.#apply(plan);
  }

  /**
   * Stops: closes the listening sockets, lets open connections finish for the
   * config's grace time, then closes what is left. `admin` answers to the end.
   *
   * @param force Cuts the grace time short.
   */
  async stop(force: AbortSignal): Promise<void> {
    this.#ready = false;
    const graceMs = this.#plan.config.shutdownGraceMs;
    const [admin, others] = partition(
      [...this.#listeners.values(), ...this.#retired],
      ({ context }) => context === this.#admin,
    );
    for (const listener of others) listener.stop();
    this.#options.log.info("stopping", {
      open_connections: others.reduce((sum, { open }) => sum + open, 0),
      grace: formatDuration(graceMs),
    });

    const drained = Promise.all(others.map((listener) => listener.drained()));
    const finished = await settledWithin(drained, graceMs, force);

    for (const listener of [...others, ...admin]) {
      listener.stop();
      if (!finished) listener.abort("shutdown");
    }
    await drained;
    for (const context of this.services) context.flushLogs();
    this.#options.log.info("stopped");
  }

  /** Binds what is new; only when all of it is bound, changes what is there and lets go what is no longer wanted. */
  #apply(plan: Plan): Changes {
    const contexts = new Map(
      plan.services.map((planned) => [
        planned.config.name,
        this.#contextFor(planned),
      ]),
    );
    const wanted = this.#wantedBy(plan, contexts);
    const bound = this.#bindNew(wanted);
    const changed = this.#updateServices(plan, contexts);

    const listeners = new Map<string, Listener>();
    for (const { key, context } of wanted) {
      const listener = bound.get(key) ?? this.#listeners.get(key)!;
      listener.context = context;
      listeners.set(key, listener);
    }
    const released = [...this.#listeners].filter(([key]) => !listeners.has(key))
      .map(([, listener]) => listener);

    this.#plan = plan;
    this.#contexts = contexts;
    this.#listeners = listeners;
    this.#own.update(listeners.values());
    for (const listener of bound.values()) listener.serve();
    for (const listener of released) this.#retire(listener);
    return {
      bound: [...bound.values()].map(({ address }) => formatAddress(address)),
      released: released.map(({ address }) => formatAddress(address)),
      changed,
    };
  }

  /** The running context of a service of that name and type, or a new one. */
  #contextFor({ config, service }: PlannedService): ServiceContext {
    const running = this.#contexts.get(config.name);
    const { log, onExchange } = this.#options;
    return running?.type === config.type
      ? running
      : new ServiceContext(config, service, {
        log,
        onExchange,
        own: this.#own,
      });
  }

  #wantedBy(
    plan: Plan,
    contexts: ReadonlyMap<string, ServiceContext>,
  ): Wanted[] {
    const wanted = plan.services.flatMap(({ config: { name, listen } }) =>
      listen.map((address, i) => ({
        // Port 0 is another port for each; a number is the same wherever it stands.
        key: formatAddress(address) +
          (address.port === 0 ? ` ${name} ${i}` : ""),
        address,
        context: contexts.get(name)!,
      }))
    );
    const { admin } = plan.config;
    if (admin && this.#admin) {
      const key = `${formatAddress(admin)} admin`;
      wanted.push({ key, address: admin, context: this.#admin });
    }
    return wanted;
  }

  #bindNew(wanted: readonly Wanted[]): Map<string, Listener> {
    const bound = new Map<string, Listener>();
    const errors: BindError[] = [];
    for (const { key, address, context } of wanted) {
      if (this.#listeners.has(key)) continue;
      try {
        bound.set(key, bind(address, context));
      } catch (error) {
        if (!(error instanceof BindError)) throw error;
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      for (const listener of bound.values()) listener.stop();
      throw new BindErrors(errors);
    }
    return bound;
  }

  /** Hands changed services their new config. Returns the names of those that changed. */
  #updateServices(
    plan: Plan,
    contexts: ReadonlyMap<string, ServiceContext>,
  ): string[] {
    const running = new Map(
      this.#plan.services.map(({ config, fingerprint }) => [
        config.name,
        fingerprint,
      ]),
    );
    const changed = plan.services.filter(({ config, fingerprint }) =>
      running.get(config.name) !== fingerprint
    );
    for (const { config, service } of changed) {
      contexts.get(config.name)!.update(config, service);
    }
    return changed.map(({ config }) => config.name);
  }

  /** Frees a listener's address, and remembers it while it has connections. */
  #retire(listener: Listener): void {
    listener.stop();
    this.#retired.add(listener);
    listener.drained().then(() => this.#retired.delete(listener));
  }

  #addressesOf(which: (context: ServiceContext) => boolean): Address[] {
    return [...this.#listeners.values()]
      .filter(({ context }) => which(context))
      .map(({ address }) => address);
  }
}

/** A log for what happens every few seconds by design, such as scrapes. */
function quiet(log: Log): Log {
  return {
    get debugging() {
      return log.debugging;
    },
    debug: log.debug,
    info: log.debug,
    warn: log.warn,
    error: log.error,
  };
}

function partition<T>(
  all: readonly T[],
  test: (one: T) => boolean,
): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

/** Whether `work` is done before the time is over or `cancel` says so. */
async function settledWithin(
  work: Promise<unknown>,
  ms: number,
  cancel: AbortSignal,
): Promise<boolean> {
  if (cancel.aborted) return false;
  const over = Promise.withResolvers<false>();
  const end = () => over.resolve(false);
  const timer = setTimeout(end, ms);
  cancel.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work.then(() => true), over.promise]);
  } finally {
    clearTimeout(timer);
    cancel.removeEventListener("abort", end);
  }
}
