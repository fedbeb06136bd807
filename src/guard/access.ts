/**
 * Who may use a service, by address.
 *
 * @module
 */

import type { Access } from "../config/access_lists.ts";
import { hasIp, isEmpty } from "../config/ip_set.ts";
import { parsePeer } from "./peer_ip.ts";

/** Decides whether an address may use a service. */
export type AccessRule = (hostname: string) => boolean;

function everyone(): boolean {
  return true;
}

/**
 * Makes the rule of `allow` and `deny`. `deny` wins; without `allow`, whoever is
 * not denied is allowed. An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is its
 * IPv4 address. To ask takes as many steps as the lists' lengths have bits.
 */
export function accessRule({ allow, deny }: Access): AccessRule {
  if (!allow && isEmpty(deny)) return everyone;
  return (hostname) => {
    const address = parsePeer(hostname);
    return address !== undefined && !hasIp(deny, address) &&
      (!allow || hasIp(allow, address));
  };
}
