/**
 * Who may use a service, by address.
 *
 * @module
 */

import type { Access } from "../config/access_lists.ts";
import { isMapped } from "../config/ip_block.ts";
import { hasIp, ipSet, isEmpty } from "../config/ip_set.ts";
import { readPeer } from "./client_key.ts";
import { embeddedIpv4 } from "./embedded_ipv4.ts";

/** Decides whether an address may use a service. */
export type AccessRule = (hostname: string) => boolean;

function everyone(): boolean {
  return true;
}

function nobody(): boolean {
  return false;
}

/** Makes the rule of `proxy_protocol`: whose connections begin with a PROXY header. */
export function proxyRule({ proxies }: Access): AccessRule {
  return proxies ? accessRule({ allow: proxies, deny: ipSet([]) }) : nobody;
}

/**
 * Makes the rule of `allow` and `deny`. `deny` wins; without `allow`, everyone
 * who is not denied is allowed. A lookup takes as many steps as the lists'
 * lengths have bits.
 *
 * An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is its IPv4 address. Any other
 * IPv6 address that stands for an IPv4 host (NAT64, 6to4, Teredo) is denied if
 * either address is denied, and allowed only by its own: so nobody evades a rule.
 */
export function accessRule({ allow, deny }: Access): AccessRule {
  if (!allow && isEmpty(deny)) return everyone;
  return (hostname) => {
    const address = readPeer(hostname);
    if (!address) return false;
    const ipv4 = address.length === 4 ? embeddedIpv4(address) : undefined;
    if (ipv4 !== undefined && hasIp(deny, [ipv4])) return false;
    if (isMapped(address)) return !allow || hasIp(allow, [address[3]]);
    return !hasIp(deny, address) && (!allow || hasIp(allow, address));
  };
}
