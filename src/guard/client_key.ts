/**
 * Who a client is, when counting: one IPv4 address, or one IPv6 /64, which is
 * what a single host or household is given.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** Names the client that an address belongs to. An IPv4-mapped IPv6 address is its IPv4 address. */
export function clientKey(hostname: string): string {
  if (!hostname.includes(":")) return hostname;
  const address = ipaddr.process(hostname);
  if (address.kind() === "ipv4") return address.toString();
  const [a, b, c, d] = (address as ipaddr.IPv6).parts;
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${
    d.toString(16)
  }::/64`;
}
