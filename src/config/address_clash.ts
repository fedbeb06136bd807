/**
 * Which addresses cannot be bound at once.
 *
 * @module
 */

import type { Address } from "../base/address.ts";
import { ipv6OfThisMachine } from "../base/dual_stack.ts";
import type { AddressRange } from "./address_range.ts";
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
  if (a.transport !== b.transport || a.port !== b.port || a.port === 0) {
    return false;
  }
  const [mine, theirs] = [a, b].map(({ hostname }) => boundHosts(hostname));
  return mine.some((one) =>
    theirs.some((other) =>
      one === other || one === everyOf(other) || other === everyOf(one)
    )
  );
}

/** The same for what is bound, however it is spelled. */
export function endpointsClash(a: Endpoint, b: Endpoint): boolean {
  return addressesClash(
    { ...a, hostname: a.host },
    { ...b, hostname: b.host },
  );
}

/** Who took which port. */
type Takers<Taker> = Map<number, Taker>;

/** Addresses that are taken, each with who took it. To take one costs the same however many there are. */
export class TakenAddresses<Taker> {
  /** By transport and host. */
  readonly #byHost = new Map<string, Takers<Taker>>();
  /** The first to take any address of a family, by transport and the host that stands for all of them. */
  readonly #byFamily = new Map<string, Takers<Taker>>();

  /**
   * Takes addresses, at the hosts that their name has where it is one. Returns who
   * took one before that clashes with them, if anyone; port 0 is another port each time.
   */
  take(
    { transport, hostname, port: first, lastPort }: AddressRange,
    taker: Taker,
    names: HostNames = new Map(),
  ): Taker | undefined {
    if (first === 0) return undefined;
    const takersOf = (map: Map<string, Takers<Taker>>, host: string) =>
      getOrAdd(map, `${transport} ${host}`);
    const hosts = (names.get(hostname) ?? [hostname]).flatMap(boundHosts);
    const same = hosts.map((host) => takersOf(this.#byHost, host));
    const wider = hosts.map((host) =>
      host === everyOf(host)
        ? takersOf(this.#byFamily, host)
        : takersOf(this.#byHost, everyOf(host))
    );
    const mine = [
      ...same,
      ...hosts.map((host) => takersOf(this.#byFamily, everyOf(host))),
    ];
    let before: Taker | undefined;
    for (let port = first; port <= lastPort; port++) {
      before ??= takerOf(port, same) ?? takerOf(port, wider);
      for (const takers of mine) {
        if (!takers.has(port)) takers.set(port, taker);
      }
    }
    return before;
  }
}

function takerOf<Taker>(
  port: number,
  all: readonly Takers<Taker>[],
): Taker | undefined {
  for (const takers of all) {
    const taker = takers.get(port);
    if (taker !== undefined) return taker;
  }
}

function getOrAdd<Taker>(
  map: Map<string, Takers<Taker>>,
  key: string,
): Takers<Taker> {
  let takers = map.get(key);
  if (!takers) map.set(key, takers = new Map());
  return takers;
}
