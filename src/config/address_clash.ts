/**
 * Which addresses cannot be bound at once.
 *
 * @module
 */

import type { Address } from "../base/address.ts";
import { ipv6OfThisMachine } from "../base/dual_stack.ts";
import { canonicalHost, type Endpoint, type HostNames } from "./endpoint.ts";

/** Binding one of these takes every address of its family. */
const EVERY_IPV4 = "0.0.0.0";
const EVERY_IPV6 = "::";

/**
 * The hosts that are taken when `hostname` is bound: what addresses are compared
 * by. `[::]` takes the IPv4 addresses too, unless this machine has it otherwise.
 */
export function boundHosts(hostname: string): readonly string[] {
  const host = canonicalHost(hostname);
  return host === "*" || host === EVERY_IPV6 && ipv6OfThisMachine() !== "only"
    ? [EVERY_IPV4, EVERY_IPV6]
    : [host];
}

/** The host that stands for every address of a host's family. A name counts as IPv4. */
function everyOf(host: string): string {
  return host.includes(":") ? EVERY_IPV6 : EVERY_IPV4;
}

/** Whether two addresses cannot be bound at once: the same transport and port, and hosts of which one takes the other. */
export function addressesClash(a: Address, b: Address): boolean {
  const taken = new TakenAddresses<true>();
  taken.take(a, true);
  return taken.take(b, true) === true;
}

/** The same for what is bound, however it is spelled. */
export function endpointsClash(a: Endpoint, b: Endpoint): boolean {
  return addressesClash(
    { ...a, hostname: a.host },
    { ...b, hostname: b.host },
  );
}

/** Addresses that are taken, each with who took it. To take one costs the same however many there are. */
export class TakenAddresses<Taker> {
  readonly #byHost = new Map<string, Taker>();
  /** The first to take any address of a family, by the host that stands for all of them. */
  readonly #byFamily = new Map<string, Taker>();

  /**
   * Takes an address, at the hosts that its name has where it is one. Returns who
   * took one before that clashes with it, if anyone; port 0 is another port each time.
   */
  take(
    { transport, hostname, port }: Address,
    taker: Taker,
    names: HostNames = new Map(),
  ): Taker | undefined {
    if (port === 0) return undefined;
    const key = (host: string) => `${transport} ${port} ${host}`;
    const hosts = (names.get(hostname) ?? [hostname]).flatMap(boundHosts);
    const before = firstOf(hosts, (host) => this.#byHost.get(key(host))) ??
      firstOf(
        hosts,
        (host) =>
          host === everyOf(host)
            ? this.#byFamily.get(key(host))
            : this.#byHost.get(key(everyOf(host))),
      );
    for (const host of hosts) {
      setIfAbsent(this.#byHost, key(host), taker);
      setIfAbsent(this.#byFamily, key(everyOf(host)), taker);
    }
    return before;
  }
}

function firstOf<T, Found>(
  all: readonly T[],
  find: (one: T) => Found | undefined,
): Found | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
}

function setIfAbsent<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
): void {
  if (!map.has(key)) map.set(key, value);
}
