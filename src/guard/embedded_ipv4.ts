/**
 * @module
 */

import type { Ip } from "../config/ip_block.ts";

/** `2002::/16`, `2001::/32`, `64:ff9b::/96` and the first 32 bits of `64:ff9b:1::/48`. */
const SIX_TO_FOUR = 0x2002;
const TEREDO = 0x20010000;
const NAT64 = 0x0064ff9b;
const NAT64_LOCAL = 1;

/**
 * The IPv4 address of the host that an IPv6 address stands for: whoever is on
 * the other side of a translator or a tunnel has that one, and as many IPv6
 * addresses as it likes.
 *
 * - NAT64: `64:ff9b::/96` (RFC 6052 §2.1); `64:ff9b:1::/48` (RFC 8215) with the
 *   address in the last 32 bits.
 * - IPv4-mapped `::ffff:0:0/96`, IPv4-compatible `::/96` (RFC 4291 §2.5.5) and
 *   IPv4-translated `::ffff:0:0:0/96` (RFC 2765 §2.1).
 * - 6to4: `2002::/16` (RFC 3056 §2).
 * - Teredo: `2001::/32` has the client's address inverted, as its NAT shows it
 *   (RFC 4380 §4). The port there is another for each host behind the NAT; whose
 *   ports they are, only the NAT knows.
 *
 * @returns Nothing for an address that stands for itself.
 */
export function embeddedIpv4([a, b, c, d]: Ip): number | undefined {
  const high = a >>> 16;
  if (high === SIX_TO_FOUR) return ((a << 16) | (b >>> 16)) >>> 0;
  if (a === TEREDO) return ~d >>> 0;
  if (a === NAT64) {
    if (b === 0 && c === 0) return d;
    // Where a prefix is shorter than 96 bits, the address stands further ahead, and the last bits are 0.
    return b >>> 16 === NAT64_LOCAL && (d & 0xffffff) !== 0 ? d : undefined;
  }
  const isMapped = a === 0 && b === 0 && c === 0xffff;
  const isTranslated = a === 0 && b === 0 && c === 0xffff0000;
  // Not :: and ::1: nobody has an address of 0.0.0.0/8.
  const isCompatible = a === 0 && b === 0 && c === 0 && d >>> 24 !== 0;
  return isMapped || isTranslated || isCompatible ? d : undefined;
}
