/**
 * Binding the addresses of a plan: all of them or none.
 *
 * @module
 */

import { type Address, formatAddress } from "../base/address.ts";
import { addressesClash } from "../config/address_clash.ts";
import { BindError } from "../listeners/bind_error.ts";
import type { Host } from "../listeners/host.ts";
import type { Listener } from "../listeners/listener.ts";
import type { ServiceContext } from "../listeners/service_context.ts";
import { release } from "../listeners/release.ts";

/** An address that a plan wants, and who answers there. */
export interface Wanted {
  /** What the address is known by from one plan to the next. */
  readonly key: string;
  readonly address: Address;
  readonly context: ServiceContext;
}

/** Makes the addresses of one service wanted. */
export function wantedAt(
  addresses: readonly Address[],
  context: ServiceContext,
): Wanted[] {
  // A socket stays in the thread that bound it: between `admin` and a service, which a worker may serve, an address is bound anew.
  const prefix = context.internal ? "internal " : "";
  return addresses.map((address, i) => ({
    // Port 0 is another port for each; a number is the same wherever it stands.
    key: prefix +
      (address.port === 0
        ? `${formatAddress(address)} ${context.name} ${i}`
        : formatAddress(address)),
    address,
    context,
  }));
}

type Binder = Pick<Host, "bind">;

/** Listeners by the key of the address that they stand for. */
export type Listeners = ReadonlyMap<string, Listener>;

/** Addresses that could not be bound; the message has one a line. */
export class BindErrors extends AggregateError {
  override name = "BindErrors";

  constructor(errors: readonly BindError[]) {
    super(errors, errors.map((error) => error.message).join("\n"));
  }
}

/**
 * Binds addresses.
 *
 * @throws {BindErrors} When one cannot be bound; then none is.
 */
export async function bindAll(
  host: Binder,
  wanted: readonly Wanted[],
): Promise<Listeners> {
  const { bound, errors } = await tryEach(host, wanted);
  if (errors.size > 0) throw await giveUp(bound, errors);
  return bound;
}

/**
 * Binds addresses while those of `leaving`, which are to go, are still served.
 *
 * The system refuses some of them as long as another is there, such as
 * `tcp://0.0.0.0:7` beside `tcp://127.0.0.1:7`. Then that one is released first,
 * and bound again if the new one cannot be bound after all.
 *
 * @param restore Takes the listeners that were bound again.
 * @throws {BindErrors} When one cannot be bound; then none is.
 */
export async function bindBeside(
  host: Binder,
  wanted: readonly Wanted[],
  leaving: Listeners,
  restore: (again: Listeners) => void,
): Promise<Listeners> {
  const { bound, errors } = await tryEach(host, wanted);
  const inTheWay = new Map<string, Listener>();
  for (const [{ address }, { cause }] of errors) {
    const clashing = [...leaving].filter(([, listener]) =>
      addressesClash(listener.address, address)
    );
    const isInUse = cause instanceof Deno.errors.AddrInUse;
    if (!isInUse || clashing.length === 0) throw await giveUp(bound, errors);
    for (const [key, listener] of clashing) inTheWay.set(key, listener);
  }
  if (errors.size === 0) return bound;

  await release([...inTheWay.values()]);
  try {
    return new Map([...bound, ...await bindAll(host, [...errors.keys()])]);
  } catch (error) {
    await stopAll(bound);
    const before = [...inTheWay].map(([key, { address, context }]) => ({
      key,
      address,
      context,
    }));
    restore(await bindAll(host, before));
    throw error;
  }
}

async function tryEach(host: Binder, wanted: readonly Wanted[]) {
  const bound = new Map<string, Listener>();
  const errors = new Map<Wanted, BindError>();
  for (const one of wanted) {
    try {
      bound.set(one.key, await host.bind(one.address, one.context));
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      errors.set(one, error);
    }
  }
  return { bound, errors };
}

async function giveUp(
  bound: Listeners,
  errors: ReadonlyMap<Wanted, BindError>,
): Promise<BindErrors> {
  await stopAll(bound);
  return new BindErrors([...errors.values()]);
}

async function stopAll(listeners: Listeners): Promise<void> {
  await Promise.all([...listeners.values()].map((each) => each.stop()));
}
