/**
 * What counts as one client. No other file decides that.
 *
 * - IPv4: an address.
 * - IPv6: a /64, the size that a single host or a small network gets. Wider
 * networks may have more: see {@linkcode Client.wider}.
 * - An IPv6 address that stands for an IPv4 host (NAT64, 6to4, Teredo): that host's
 *   IPv4 address. All of IPv4 sits in NAT64's /96.
 * - Link-local `fe80::/10`: an address, because all hosts on a link share a /64.
 * The same holds behind a NAT64 with a prefix of the operator's own, in
 * `64:ff9b:1::/48`.
 *
 * @module
 */

import { type Ip, parseIp } from "../config/ip_block.ts";
import { embeddedIpv4 } from "./embedded_ipv4.ts";

/** A group of addresses that are counted together: its kind, and its number within the kind. */
export interface Network {
  readonly kind: number;
  readonly high: number;
  readonly low: number;
}

/** A client. */
export interface Client extends Network {
  /** The wider networks that it belongs to, each with the multiple of a client's limit that it may use: the owner of a /48 has 65,536 /64s. */
  readonly wider: readonly (Network & { readonly times: number })[];
}

/** Kinds of networks: an IPv4 address, a link-local address, and IPv6 networks by their length. */
const IPV4 = 4;
const LINK_LOCAL = 1;
/** A NAT64 of the operator's own, plus the third of the eight groups. */
const NAT64_LOCAL = 0x10000;

const TIMES_56 = 4;
const TIMES_48 = 16;

const NOBODY: Client = { kind: 0, high: 0, low: 0, wider: [] };

/** The client that an address belongs to. */
export function clientOf(hostname: string): Client {
  const address = readPeer(hostname);
  if (!address) return NOBODY;
  const ipv4 = address.length === 1 ? address[0] : embeddedIpv4(address);
  if (ipv4 !== undefined) return { ...NOBODY, kind: IPV4, low: ipv4 | 0 };
  const [high, low, third, fourth] = address.map((word) => word | 0);
  const last = { high: third, low: fourth, wider: [] };
  if (high >>> 22 === 0xfe80 >>> 6) return { kind: LINK_LOCAL, ...last };
  if (high === 0x0064ff9b && low >>> 16 === 1) {
    return { kind: NAT64_LOCAL | (low & 0xffff), ...last };
  }
  return {
    kind: 64,
    high,
    low,
    wider: [
      { kind: 56, high, low: low & ~0xff, times: TIMES_56 },
      { kind: 48, high, low: low & ~0xffff, times: TIMES_48 },
    ],
  };
}

/** A name that no other client or network has. */
export function clientKey({ kind, high, low }: Network): string {
  return `${kind} ${high} ${low}`;
}

/** Reads the address of a peer as the system names it; without the interface that a link-local one is on (`fe80::1%eth0`). */
export function readPeer(hostname: string): Ip | undefined {
  const zone = hostname.indexOf("%");
  return parseIp(zone === -1 ? hostname : hostname.slice(0, zone));
}
