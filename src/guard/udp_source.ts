/**
 * Which senders of datagrams get no answer, whatever they send.
 *
 * A datagram's sender is what somebody wrote into it. An answer to a forged one
 * goes to a victim, and if the victim answers too, the two go on for ever: echo
 * and chargen did in 1996 (CERT CA-1996-01), and again in 2024 (CVE-2024-2169).
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { isMapped } from "../config/ip_block.ts";
import { readPeer } from "./client_key.ts";
import { embeddedIpv4 } from "./embedded_ipv4.ts";
import { isResponderPort } from "./responder_ports.ts";

/** Why a sender gets no answer. */
export type UnsafeSource = "source_port" | "own_port" | "source_address";

/** Below this are the ports of services, which answer; clients get theirs above it. */
export const FIRST_CLIENT_PORT = 1024;

/** What {@linkcode unsafeSource} must know of this machine. */
export interface OwnAddresses {
  /** The ports of our own UDP listeners: a sender there is another mynah, or this one. */
  readonly ports: ReadonlySet<number>;
  /** The broadcast addresses of our own networks. */
  readonly broadcasts: ReadonlySet<string>;
}

/**
 * Says why a sender gets no answer, or nothing when it may have one.
 *
 * @param minPort Below this no port is a client's.
 */
export function unsafeSource(
  hostname: string,
  port: number,
  own: OwnAddresses,
  minPort = FIRST_CLIENT_PORT,
): UnsafeSource | undefined {
  if (port < minPort || isResponderPort(port)) return "source_port";
  if (own.ports.has(port)) return "own_port";
  const address = hostname.startsWith("::ffff:") ? unmap(hostname) : hostname;
  if (isNobody(address) || own.broadcasts.has(address)) {
    return "source_address";
  }
}

/** Whether an address is not that of one host: unspecified, multicast, broadcast, reserved. */
function isNobody(hostname: string): boolean {
  if (hostname.includes(":")) {
    return hostname === "::" || /^ff..:/.test(hostname);
  }
  // Asked for every datagram, so by the first number alone: 0.0.0.0/8, 224.0.0.0/4, 240.0.0.0/4.
  const first = parseInt(hostname, 10);
  return first === 0 || first >= 224;
}

/**
 * Whether an IPv6 address stands for an IPv4 one that no host out there has, such
 * as 6to4's `2002:7f00:1::`, or several: a router would take the answer there
 * (RFC 3964 §3). An IPv4-mapped address is the system's own.
 */
export function embedsNobody(hostname: string): boolean {
  const address = readPeer(hostname);
  if (address?.length !== 4 || isMapped(address)) return false;
  const ipv4 = embeddedIpv4(address);
  if (ipv4 === undefined) return false;
  const first = ipv4 >>> 24;
  return first === 0 || first === 127 || first >= 224;
}

function unmap(hostname: string): string {
  return ipaddr.process(hostname).toString();
}
