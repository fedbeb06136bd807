/**
 * @module
 */

import type { ServiceConfig } from "./config/config.ts";
import { ServiceContext, type Shared } from "./listeners/service_context.ts";
import type { Plan } from "./plan.ts";

/** Services by their names. */
export type Contexts = ReadonlyMap<string, ServiceContext>;

/** The services that run. A service of the same name and type goes on through a reload, and with it what it has counted. */
export class RunningServices {
  readonly #shared: Shared;
  #contexts: Contexts = new Map();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** The services, in the order of the config. */
  get all(): readonly ServiceContext[] {
    return [...this.#contexts.values()];
  }

  /** The services of a plan: those that run go on, the others are new. Changes nothing. */
  of({ services }: Plan): Contexts {
    return new Map(services.map((planned) => {
      const { name, type } = planned.config;
      const running = this.#contexts.get(name);
      const context = running?.type === type
        ? running
        : new ServiceContext(planned, this.#shared);
      return [name, context];
    }));
  }

  /**
   * Goes over to the services of a plan, and hands those that go on what has
   * changed for them. Returns the names of those that changed, or are new.
   *
   * @param contexts What {@linkcode RunningServices.of} returned for it.
   */
  change({ services }: Plan, contexts: Contexts): string[] {
    const before = this.#contexts;
    this.#contexts = contexts;
    const changed = services.filter((planned) => {
      const context = contexts.get(planned.config.name)!;
      if (before.get(context.name) !== context) return true;
      const { fingerprint, config } = context.planned;
      if (
        fingerprint === planned.fingerprint && same(config, planned.config)
      ) return false;
      context.update(planned);
      this.#shared.workers?.update(context);
      return true;
    });
    return changed.map(({ config: { name } }) => name);
  }
}

function same(a: ServiceConfig, b: ServiceConfig): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
