/**
 * Who may use a service, by address.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

type Block = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** Decides whether an address may use a service. */
export type AccessRule = (hostname: string) => boolean;

function everyone(): boolean {
  return true;
}

/**
 * Makes the rule of `allow` and `deny` lists of addresses and CIDR blocks.
 * `deny` wins; without `allow`, whoever is not denied is allowed. An IPv4-mapped
 * IPv6 address (`::ffff:10.0.0.1`) is its IPv4 address, in the lists too.
 *
 * @throws {Error} When an entry is no address and no block; the config's schema lets none through.
 */
export function accessRule(
  { allow, deny = [] }: {
    readonly allow?: readonly string[];
    readonly deny?: readonly string[];
  },
): AccessRule {
  if (!allow && deny.length === 0) return everyone;
  const allowed = allow?.map(parseBlock);
  const denied = deny.map(parseBlock);
  return (hostname) => {
    const address = ipaddr.process(hostname);
    return !denied.some((block) => contains(block, address)) &&
      (!allowed || allowed.some((block) => contains(block, address)));
  };
}

function parseBlock(text: string): Block {
  const [address, bits] = text.includes("/")
    ? ipaddr.parseCIDR(text)
    : parseSingle(text);
  const isMapped = address.kind() === "ipv6" && bits >= 96 &&
    (address as ipaddr.IPv6).isIPv4MappedAddress();
  return isMapped
    ? [(address as ipaddr.IPv6).toIPv4Address(), bits - 96]
    : [address, bits];
}

function parseSingle(text: string): Block {
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

function contains(
  [range, bits]: Block,
  address: ipaddr.IPv4 | ipaddr.IPv6,
): boolean {
  return address.kind() === range.kind() && address.match(range, bits);
}
