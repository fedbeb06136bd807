/**
 * @module
 */

import { sameAccess } from "../config/access_lists.ts";
import type { ServiceConfig } from "../config/config.ts";
import type { Host } from "../listeners/host.ts";
import {
  type ProcessContext,
  RunningService,
} from "../listeners/running_service.ts";
import type { PlannedService } from "../config/plan.ts";
import { quietLog } from "../telemetry/quiet_log.ts";

/** Services by their type and name. */
type Contexts = ReadonlyMap<string, RunningService>;

/**
 * The services that run. A service of the same name and type goes on through a
 * reload, and with it what it has counted. One that a reload removes stays until
 * its last connection has ended: its connections count, and count again if a
 * later reload brings it back.
 */
export class RunningServices {
  readonly #shared: ProcessContext;
  /** For mynah's own services: this thread serves them, they log less, and `--once` ignores them. */
  readonly #internalShared: ProcessContext;
  #running: Contexts = new Map();
  #leaving: Contexts = new Map();

  readonly #host: Pick<Host, "services" | "update">;

  constructor(
    shared: ProcessContext,
    host: Pick<Host, "services" | "update">,
  ) {
    this.#shared = shared;
    this.#host = host;
    const { log, own, threads, clients, udpMemory, spares } = shared;
    this.#internalShared = {
      log: quietLog(log),
      own,
      threads,
      clients,
      udpMemory,
      spares,
    };
  }

  /** The services in the order of the config, followed by removed services that still have connections. */
  get all(): readonly RunningService[] {
    return [...this.#running.values(), ...stillConnected(this.#leaving)];
  }

  /** The services of a plan, in its order: those that run go on, the others are new. Changes nothing. */
  of(planned: readonly PlannedService[]): readonly RunningService[] {
    const known = byId(this.all);
    return planned.map((one) =>
      known.get(idOf(one.spec.config)) ??
        new RunningService(
          one,
          one.spec.internal ? this.#internalShared : this.#shared,
        )
    );
  }

  /**
   * Goes over to the services of a plan, and hands those that go on what has
   * changed for them. Returns the names of those that changed, or are new.
   *
   * @param contexts What {@linkcode RunningServices.of} returned for it.
   */
  change(
    planned: readonly PlannedService[],
    contexts: readonly RunningService[],
  ): string[] {
    const before = this.#running;
    this.#running = byId(contexts);
    this.#leaving = byId(
      // A removed service may still accept the clients in its queue.
      [...before.values(), ...stillConnected(this.#leaving)]
        .filter((context) => !contexts.includes(context)),
    );
    this.#host.services = this.all.filter(({ internal }) => !internal);
    const changed = planned.filter(({ spec, service }, i) => {
      const context = contexts[i];
      const { fingerprint, config, access } = context.spec;
      const isSame = fingerprint === spec.fingerprint &&
        same(config, spec.config) && sameAccess(access, spec.access);
      if (!isSame) {
        context.update({ spec, service });
        if (!context.internal) this.#host.update(context);
      }
      return !isSame || before.get(idOf(config)) !== context;
    });
    return changed.map(({ spec }) => spec.config.name);
  }
}

/** A service of the same name but another type is another service, since counts belong to the type. */
function idOf({ type, name }: ServiceConfig): string {
  return `${type} ${name}`;
}

function byId(contexts: readonly RunningService[]): Contexts {
  return new Map(
    contexts.map((context) => [idOf(context.spec.config), context]),
  );
}

function stillConnected(contexts: Contexts): RunningService[] {
  return [...contexts.values()].filter(({ connections }) =>
    connections.open > 0
  );
}

function same(a: ServiceConfig, b: ServiceConfig): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
