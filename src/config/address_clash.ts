/**
 * Which addresses cannot be bound at once.
 *
 * @module
 */

import type { Address } from "../base/address.ts";

/** Binding one of these takes every address of its family. */
const EVERY_IPV4 = "0.0.0.0";
const EVERY_IPV6 = "::";

/**
 * The hosts that are taken when `hostname` is bound: what addresses are compared
 * by. `[::]` takes the IPv4 addresses too, as the systems mynah runs on have it.
 */
export function boundHosts(hostname: string): readonly string[] {
  return hostname === "*" || hostname === EVERY_IPV6
    ? [EVERY_IPV4, EVERY_IPV6]
    : [hostname];
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

/** Addresses that are taken, each with who took it. To take one costs the same however many there are. */
export class TakenAddresses<Taker> {
  readonly #byHost = new Map<string, Taker>();
  /** The first to take any address of a family, by the host that stands for all of them. */
  readonly #byFamily = new Map<string, Taker>();

  /** Takes an address. Returns who took one before that clashes with it, if anyone; port 0 is another port each time. */
  take(
    { transport, hostname, port }: Address,
    taker: Taker,
  ): Taker | undefined {
    if (port === 0) return undefined;
    const key = (host: string) => `${transport} ${port} ${host}`;
    const hosts = boundHosts(hostname);
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
