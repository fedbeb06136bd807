/**
 * Datagrams for a guard, without sockets and in whatever time the test says.
 *
 * @module
 */

import type { Access } from "../../src/config/access_lists.ts";
import { readIpSet } from "../../src/config/ip_set.ts";
import {
  UdpGuard,
  type UdpLimits,
  UdpMemory,
} from "../../src/guard/udp_guard.ts";

/** A UDP port of mynah's own. */
export const OWN_PORT = 10007;
const CLIENT_PORT = 40000;
const HELLO = new TextEncoder().encode("hello");

/** Addresses and CIDR blocks. */
export interface Lists {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** Who may, by these lists. */
export function accessOf({ allow, deny = [] }: Lists): Access {
  return { allow: allow && readIpSet(allow), deny: readIpSet(deny) };
}

/** A guard with these limits. */
export function guardWith(
  { allow, deny, ...limits }: Lists & Omit<UdpLimits, "access"> = {},
  memory = new UdpMemory(),
): UdpGuard {
  const own = { ports: new Set([OWN_PORT]), broadcasts: new Set<string>() };
  return new UdpGuard(
    own,
    { ...limits, access: accessOf({ allow, deny }) },
    memory,
  );
}

/** What becomes of a datagram: why there is silence, or nothing when it is answered. */
export function ask(
  guard: UdpGuard,
  hostname: string,
  now: number,
  { port = CLIENT_PORT, request = HELLO, answer = request }: {
    port?: number;
    request?: Uint8Array;
    answer?: Uint8Array;
  } = {},
): string | undefined {
  const sender = guard.admit(hostname, port);
  if (typeof sender === "string") return sender;
  return guard.release(sender, port, request, answer, now);
}

/** How many of `count` numbered datagrams that come at once are answered. */
export function answered(
  guard: UdpGuard,
  hostname: string,
  count: number,
): number {
  let answers = 0;
  for (let i = 0; i < count; i++) {
    const request = new Uint8Array(new Uint32Array([i]).buffer);
    if (ask(guard, hostname, 0, { request }) === undefined) answers++;
  }
  return answers;
}

/** The `i`th of 16 million forged senders. */
export function forged(i: number): string {
  return `10.${i >> 16 & 255}.${i >> 8 & 255}.${i & 255}`;
}
