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

/** A client in 64 bits, which is what an IPv6 /64 has. */
export interface Client {
  readonly high: number;
  readonly low: number;
}

/** The high bits of an IPv4 client: those of 0:ffff::/32, which no IPv6 client has. */
const IPV4 = 0xffff;

/** The same client as {@linkcode clientKey}, in numbers. */
export function clientBits(hostname: string): Client {
  const address = ipaddr.process(hostname);
  if (address.kind() === "ipv4") {
    const [a, b, c, d] = (address as ipaddr.IPv4).octets;
    return { high: IPV4, low: a << 24 | b << 16 | c << 8 | d };
  }
  const [a, b, c, d] = (address as ipaddr.IPv6).parts;
  return { high: a << 16 | b, low: c << 16 | d };
}
