/**
 * Warns about access lists that are legal but probably not intended.
 *
 * @module
 */

import type { Access } from "./access_lists.ts";
import { parseIpBlock } from "./ip_block.ts";
import { type IpSet, ipSet, isEmpty, sameIps, union } from "./ip_set.ts";

const EVERY_IPV4 = setOf("0.0.0.0/0");
const EVERY_IPV6 = setOf("::/0");

/** Warns about lists that keep out everyone, or every client of a family, and about a `proxy_protocol` that trusts everyone or nobody. */
export function accessWarnings(access: Access): string[] {
  return [...keepOutWarnings(access), ...proxyWarnings(access)];
}

function proxyWarnings({ proxies }: Access): string[] {
  if (!proxies) return [];
  if (isEmpty(proxies)) {
    return ["proxy_protocol is empty: no PROXY header is read"];
  }
  const family = holds(proxies, EVERY_IPV4)
    ? "IPv4"
    : holds(proxies, EVERY_IPV6)
    ? "IPv6"
    : undefined;
  return family === undefined ? [] : [
    `proxy_protocol holds every ${family} address: any ${family} client may claim to be another one`,
  ];
}

function keepOutWarnings({ allow, deny }: Access): string[] {
  if (allow && isEmpty(allow)) {
    return ["allow is empty: nobody may use the service"];
  }
  const [ipv4, ipv6] = [EVERY_IPV4, EVERY_IPV6].map((family) =>
    holds(deny, family)
  );
  if (ipv4 && ipv6) {
    return ["deny holds every address: nobody may use the service"];
  }
  if (allow && holds(deny, allow)) {
    return ["deny holds all of allow: nobody may use the service"];
  }
  const family = ipv4 ? "IPv4" : ipv6 ? "IPv6" : undefined;
  return family === undefined ? [] : [
    `deny holds every ${family} address: no ${family} client may use the service`,
  ];
}

function holds(wide: IpSet, narrow: IpSet): boolean {
  return sameIps(union(wide, narrow), wide);
}

function setOf(block: string): IpSet {
  return ipSet([parseIpBlock(block)!]);
}
