/**
 * @module
 */

import { type Ip, isMapped, parseIp } from "../config/ip_block.ts";

/** Reads the address of a peer as the system names it. An IPv4-mapped IPv6 address is its IPv4 address; which interface a link-local one is on (`fe80::1%eth0`) is left out. */
export function parsePeer(hostname: string): Ip | undefined {
  const zone = hostname.indexOf("%");
  const address = parseIp(zone === -1 ? hostname : hostname.slice(0, zone));
  return address && isMapped(address) ? [address[3]] : address;
}
