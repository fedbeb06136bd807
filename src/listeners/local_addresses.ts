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
}

/** Reads the addresses of this machine; none where the program is not permitted to. */
export function localAddresses(): LocalAddresses {
  const interfaces = readInterfaces();
  return {
    hostnames: interfaces
      // An IPv6 link-local address is one only together with an interface, which Deno cannot name.
      .filter(({ address }) => !/^fe[89ab]/i.test(address))
      .map(({ address }) => address),
    broadcasts: interfaces
      .filter(({ family, cidr }) => family === "IPv4" && !/\/3[12]$/.test(cidr))
      .map(({ cidr }) => ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()),
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
