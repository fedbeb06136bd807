/**
 * The addresses of this machine.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** What the network interfaces say. */
export interface LocalAddresses {
  /** Every address that a socket can be bound to. */
  readonly hostnames: readonly string[];
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
    // An IPv6 link-local address is one only together with an interface, which Deno cannot name.
    .filter((address) => !/^fe[89ab]/i.test(address));
  return {
    // Several interfaces may have the same one.
    hostnames: [...new Set(hostnames)],
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
