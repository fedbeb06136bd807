/**
 * Runs a plan: binds every address or none, and stops in three steps.
 *
 * @module
 */

import type { Address } from "./config/address.ts";
import { formatDuration } from "./config/duration.ts";
import { BindError } from "./listeners/bind_error.ts";
import { bind, type Listener } from "./listeners/listener.ts";
import type { Plan } from "./plan.ts";
import type { Log } from "./telemetry/log.ts";

/** Several addresses that could not be bound; the message has one a line. */
export class BindErrors extends AggregateError {
  override name = "BindErrors";

  constructor(errors: readonly BindError[]) {
    super(errors, errors.map((error) => error.message).join("\n"));
  }
}

/** A running plan. */
export class Supervisor {
  readonly #plan: Plan;
  readonly #log: Log;
  readonly #listeners: readonly Listener[];
  readonly #serving: Promise<unknown>;

  /**
   * Binds every address of the plan and serves.
   *
   * @param options.onExchange Called after each connection or answered datagram.
   * @throws {BindErrors} When an address cannot be bound; then none is.
   */
  static start(
    plan: Plan,
    { log, onExchange }: { log: Log; onExchange?: () => void },
  ): Supervisor {
    const listeners: Listener[] = [];
    const errors: BindError[] = [];
    for (const { config: { name, listen }, service } of plan.services) {
      for (const address of listen) {
        try {
          listeners.push(bind(address, { name, service, log, onExchange }));
        } catch (error) {
          if (!(error instanceof BindError)) throw error;
          errors.push(error);
        }
      }
    }
    if (errors.length > 0) {
      for (const listener of listeners) listener.stop();
      throw new BindErrors(errors);
    }
    return new Supervisor(plan, log, listeners);
  }

  private constructor(plan: Plan, log: Log, listeners: readonly Listener[]) {
    this.#plan = plan;
    this.#log = log;
    this.#listeners = listeners;
    this.#serving = Promise.all(listeners.map((listener) => listener.serve()));
  }

  /** The bound addresses, in the order of the config, with the real ports. */
  get addresses(): readonly Address[] {
    return this.#listeners.map(({ address }) => address);
  }

  /**
   * Stops: closes the listening sockets, lets open connections finish for the
   * config's grace time, then closes what is left.
   *
   * @param force Cuts the grace time short.
   */
  async stop(force: AbortSignal): Promise<void> {
    const graceMs = this.#plan.config.shutdownGraceMs;
    for (const listener of this.#listeners) listener.stop();
    const open = this.#listeners.reduce((sum, { open }) => sum + open, 0);
    this.#log.info("stopping", {
      open_connections: open,
      grace: formatDuration(graceMs),
    });

    const drained = Promise.all(
      this.#listeners.map((listener) => listener.drained()),
    );
    const finished = await settledWithin(drained, graceMs, force);

    if (!finished) {
      for (const listener of this.#listeners) listener.abort("shutdown");
      await drained;
    }
    await this.#serving;
    this.#log.info("stopped");
  }
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
