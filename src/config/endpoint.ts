/**
 * The sockets to bind for an address of the config.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { ipv6OfThisMachine } from "../base/dual_stack.ts";
import { type Address, formatHostPort } from "../base/address.ts";

/** One socket's address, or for UDP that of one for each address of the machine. */
export interface Endpoint extends Address {
  /** What is bound: an IP address, or over UDP `*`. {@linkcode Address.hostname} is how the config spells it. */
  readonly host: string;
}

/** The IP addresses of host names, as far as they have any. */
export type HostNames = ReadonlyMap<string, readonly string[]>;

/** Whether a host is a name, and not an IP address or `*`. */
export function isName(hostname: string): boolean {
  return hostname !== "*" && !ipaddr.isValid(hostname);
}

/** An IP address in the one spelling by which it is compared: an IPv4-mapped one is its IPv4 address. */
export function canonicalHost(hostname: string): string {
  return hostname.includes(":")
    ? ipaddr.process(hostname).toString()
    : hostname;
}

/** Everything that is to be bound for an address. Of a name without addresses it is the name, which cannot be bound. */
export function endpointsOf(address: Address, names: HostNames): Endpoint[] {
  const { hostname, transport } = address;
  const hosts = names.get(hostname) ?? [hostname];
  const canonical = hosts.map(canonicalHost).flatMap((host) =>
    transport === "udp" ? udpHost(host) : host === "*" ? everyHost() : host
  );
  return [...new Set(canonical)].map((host) => ({ ...address, host }));
}

/** What takes every address of this machine when it is bound. */
export function everyHost(): string[] {
  switch (ipv6OfThisMachine()) {
    case "none":
      return ["0.0.0.0"];
    case "dual":
      return ["::"];
    case "only":
      return ["::", "0.0.0.0"];
  }
}

function udpHost(host: string): string {
  return host === "::" && ipv6OfThisMachine() !== "only" ? "*" : host;
}

/** What an endpoint is known by: the same for all spellings of it. */
export function formatEndpoint({ transport, host, port }: Endpoint): string {
  return `${transport}://${formatHostPort(host, port)}`;
}
