/**
 * Binding the addresses of a plan: all of them or none.
 *
 * @module
 */

import { type Address, formatAddress } from "../base/address.ts";
import { endpointsClash } from "../config/address_clash.ts";
import {
  type Endpoint,
  endpointsOf,
  formatEndpoint,
  type HostNames,
} from "../config/endpoint.ts";
import { BindError, describeBindErrors } from "../listeners/bind_error.ts";
import type { Host } from "../listeners/host.ts";
import type { Listener } from "../listeners/listener.ts";
import type { RunningService } from "../listeners/running_service.ts";
import { release } from "../listeners/release.ts";

/** The port that the system chose for one host of a name may be taken on the next: then it chooses again. */
const PORT_0_TRIES = 10;

/** An endpoint that a plan wants, and who answers there. */
export interface Binding {
  /** What the endpoint is known by from one plan to the next. */
  readonly key: string;
  readonly address: Endpoint;
  readonly context: RunningService;
  /** The same for all endpoints of one address of the config. */
  readonly group: string;
}

/** Makes the addresses of one service wanted. */
export function bindingsOf(
  addresses: readonly Address[],
  context: RunningService,
  names: HostNames,
): Binding[] {
  // A socket stays in the thread that bound it: between `admin` and a service, which a worker may serve, an address is bound anew.
  const prefix = context.internal ? "internal " : "";
  return addresses.flatMap((address, i) => {
    // Port 0 is another port for each; a number is the same wherever it stands.
    const suffix = address.port === 0 ? ` ${context.name} ${i}` : "";
    const group = `${prefix}${formatAddress(address)}${suffix}`;
    return endpointsOf(address, names).map((endpoint) => ({
      key: `${prefix}${formatEndpoint(endpoint)}${suffix}`,
      address: endpoint,
      context,
      group,
    }));
  });
}

type Binder = Pick<Host, "bind">;

/** Listeners by the key of the address that they stand for. */
export type ListenersByKey = ReadonlyMap<string, Listener>;

/** Addresses that could not be bound; the message has one a line. */
export class BindErrors extends AggregateError {
  override name = "BindErrors";

  constructor(errors: readonly BindError[]) {
    super(errors, describeBindErrors(errors));
  }
}

/**
 * Binds addresses.
 *
 * @throws {BindErrors} When one cannot be bound; then none is.
 */
export async function bindAll(
  host: Binder,
  wanted: readonly Binding[],
): Promise<ListenersByKey> {
  const { bound, errors } = await tryEach(host, wanted);
  if (errors.size > 0) throw await giveUp(bound, errors);
  return bound;
}

/**
 * Binds what is wanted and not served yet, while all else is still served.
 *
 * The system refuses some endpoints as long as another is there, such as
 * `tcp://0.0.0.0:7` beside `tcp://127.0.0.1:7`. If that one is to go, it is
 * released first, and bound again if the new one cannot be bound after all.
 *
 * @param served What is served now.
 * @param restore Is to bind those again that were released in vain.
 * @throws {BindErrors} When one cannot be bound; then none is.
 */
export async function bindBeside(
  host: Binder,
  wanted: readonly Binding[],
  served: ListenersByKey,
  restore: (released: readonly Binding[]) => Promise<void>,
): Promise<ListenersByKey> {
  const keys = new Set(wanted.map(({ key }) => key));
  const leaving = [...served].filter(([key]) => !keys.has(key));
  const groups = new Set(
    wanted.filter(({ key }) => served.has(key)).map(({ group }) => group),
  );
  const { bound, errors } = await tryEach(
    host,
    wanted.filter(({ key, address, group }) =>
      // Of an address with port 0, the others have their port already.
      !served.has(key) && !(address.port === 0 && groups.has(group))
    ),
    groups,
  );
  const inTheWay = new Map<string, Listener>();
  for (const [{ address }, { cause }] of errors) {
    const clashing = leaving.filter(([, listener]) =>
      endpointsClash(listener.address, address)
    );
    if (!isInUse(cause) || clashing.length === 0) {
      throw await giveUp(bound, errors);
    }
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
      group: key,
    }));
    await restore(before);
    throw error;
  }
}

/**
 * Binds what can be bound.
 *
 * @param served The groups that are served already, in part or in whole.
 */
export async function tryEach(
  host: Binder,
  wanted: readonly Binding[],
  served: ReadonlySet<string> = new Set(),
) {
  const bound = new Map<string, Listener>();
  const errors = new Map<Binding, BindError>();
  for (const [group, endpoints] of Map.groupBy(wanted, ({ group }) => group)) {
    const tried = await tryGroup(host, endpoints);
    for (const [key, listener] of tried.bound) bound.set(key, listener);
    const isServed = served.has(group) || tried.bound.size > 0;
    for (const [one, error] of tried.errors) {
      // A name may have addresses of other machines, or of IPv6 where that is turned off.
      if (isServed && isNotHere(error.cause)) {
        one.context.shared.log.info("address of a name skipped", {
          service: one.context.name,
          address: formatAddress(one.address),
          host: one.address.host,
        });
      } else errors.set(one, error);
    }
  }
  return { bound, errors };
}

/** Binds what one address of the config stands for, on one port. */
async function tryGroup(host: Binder, endpoints: readonly Binding[]) {
  for (let left = PORT_0_TRIES;; left--) {
    const bound = new Map<string, Listener>();
    const errors = new Map<Binding, BindError>();
    let [{ address: { port } }] = endpoints;
    const chosen = port === 0;
    for (const one of endpoints) {
      try {
        const listener = await host.bind({ ...one.address, port }, one.context);
        bound.set(one.key, listener);
        port = listener.address.port;
      } catch (error) {
        if (!(error instanceof BindError)) throw error;
        errors.set(one, error);
      }
    }
    const again = chosen && left > 0 && bound.size > 0 &&
      [...errors.values()].some(({ cause }) => isInUse(cause));
    if (!again) return { bound, errors };
    await stopAll(bound);
  }
}

function isInUse(cause: unknown): boolean {
  return cause instanceof Deno.errors.AddrInUse;
}

/** Whether this machine has no such address. */
function isNotHere(cause: unknown): boolean {
  return cause instanceof Deno.errors.AddrNotAvailable ||
    (cause as { code?: unknown })?.code === "EAFNOSUPPORT";
}

async function giveUp(
  bound: ListenersByKey,
  errors: ReadonlyMap<Binding, BindError>,
): Promise<BindErrors> {
  await stopAll(bound);
  return new BindErrors([...errors.values()]);
}

async function stopAll(listeners: ListenersByKey): Promise<void> {
  await Promise.all([...listeners.values()].map((each) => each.stop()));
}
