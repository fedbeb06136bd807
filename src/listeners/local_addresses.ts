/**
 * The addresses of this machine.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** Of fe80::/10. */
const LINK_LOCAL = /^fe[89ab]/i;

/** What the network interfaces say. */
export interface LocalAddresses {
  /** Every address that a socket can be bound to, but for link-local ones of IPv6. */
  readonly hostnames: readonly string[];
  /** Link-local addresses of IPv6, each with the zone without which it cannot be bound. */
  readonly linkLocal: readonly string[];
  /** The broadcast addresses of the IPv4 networks. */
  readonly broadcasts: readonly string[];
  /** The networks, as CIDR blocks, in which this system asks a link for its hosts. */
  readonly networks: readonly string[];
}

/**
 * Reads the addresses of this machine; none where the program is not permitted to.
 *
 * @throws {Error} When the system has no descriptor left to read them with.
 */
export function localAddresses(): LocalAddresses {
  const interfaces = readInterfaces();
  const hostnames = interfaces
    .map(({ address }) => address)
    .filter((address) => !LINK_LOCAL.test(address));
  return {
    // Several interfaces may have the same one.
    hostnames: [...new Set(hostnames)],
    linkLocal: interfaces
      .filter(({ address }) => LINK_LOCAL.test(address))
      .map(({ address, name }) => `${address}%${name}`),
    broadcasts: interfaces
      .filter(({ family, cidr }) => family === "IPv4" && !/\/3[12]$/.test(cidr))
      .map(({ cidr }) => ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()),
    // Loopback and tunnels have no hardware address, and nobody to ask.
    networks: interfaces
      .filter(({ mac }) => mac !== "00:00:00:00:00:00")
      .map(({ cidr }) => cidr),
  };
}

function readInterfaces(): Deno.NetworkInterfaceInfo[] {
  try {
    return Deno.networkInterfaces();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return [];
    throw error;
  }
}
