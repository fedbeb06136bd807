/**
 * IP addresses and CIDR blocks as numbers. A list of blocked networks has a
 * hundred thousand lines, and each datagram of a flood comes from another sender,
 * so this reads one in a fraction of a microsecond.
 *
 * @module
 */

import { blockProblem } from "../base/ip.ts";

/** An address in words of 32 bits: one for IPv4, four for IPv6. */
export type Ip = readonly number[];

/** A block of addresses: from the first to the last. */
export interface IpBlock {
  readonly first: Ip;
  readonly last: Ip;
}

/** What a text should have been that nothing more can be said of. */
export const IP_BLOCK = "an IP address or a CIDR block such as 10.0.0.0/8";

/** What should have been in the place of a text that is no address and no CIDR block; nothing where it is one. */
export function ipBlockProblem(text: string): string | undefined {
  return parseIpBlock(text) ? undefined : blockProblem(text) ?? IP_BLOCK;
}

const ZERO = 0x30;
const DOT = 0x2e;
const COLON = 0x3a;

/**
 * Reads an address. IPv4 has four decimal parts, without leading zeros: others
 * take `10.1` for `10.0.0.1` and `010.0.0.1` for `8.0.0.1`. IPv6 has no zone.
 *
 * @returns Nothing when it is not an address.
 */
export function parseIp(text: string): Ip | undefined {
  if (text.includes(":")) return parseIpv6(text);
  const address = parseIpv4(text, 0);
  return address === undefined ? undefined : [address];
}

/** Reads an address or a CIDR block. A block of IPv4-mapped addresses (`::ffff:10.0.0.0/104`) is its IPv4 block. */
export function parseIpBlock(text: string): IpBlock | undefined {
  const slash = text.indexOf("/");
  const address = parseIp(slash === -1 ? text : text.slice(0, slash));
  if (!address) return undefined;
  const width = 32 * address.length;
  const bits = slash === -1 ? width : parseBits(text.slice(slash + 1), width);
  if (bits === undefined) return undefined;
  return bits >= 96 && isMapped(address)
    ? blockOf([address[3]], bits - 96)
    : blockOf(address, bits);
}

/** Whether an address is an IPv4-mapped IPv6 address, `::ffff:0:0/96`: an IPv4 client as an IPv6 socket sees it. */
export function isMapped(address: Ip): boolean {
  return address.length === 4 && address[0] === 0 && address[1] === 0 &&
    address[2] === 0xffff;
}

function blockOf(address: Ip, bits: number): IpBlock {
  const masks = address.map((_, i) => maskOf(bits - 32 * i));
  return {
    first: address.map((word, i) => (word & masks[i]) >>> 0),
    last: address.map((word, i) => (word | ~masks[i]) >>> 0),
  };
}

/** A word whose first `bits` bits are set. */
function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

function parseBits(text: string, most: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const bits = Number(text);
  return bits <= most ? bits : undefined;
}

/** Reads an IPv4 address from a place in a text to its end. */
function parseIpv4(text: string, start: number): number | undefined {
  let address = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let i = start; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === DOT) {
      if (digits === 0 || ++parts > 4) return undefined;
      address = (address << 8) | part;
      part = digits = 0;
      continue;
    }
    const digit = char - ZERO;
    // No leading zeros.
    if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return undefined;
    part = 10 * part + digit;
    digits++;
    if (part > 255) return undefined;
  }
  if (parts !== 4 || digits === 0) return undefined;
  return ((address << 8) | part) >>> 0;
}

/** Reads an IPv6 address (RFC 4291 §2.2). */
function parseIpv6(text: string): Ip | undefined {
  const groups: number[] = [];
  /** How many groups stand in front of `::`. */
  let before = -1;
  let i = 0;
  if (text.startsWith("::")) {
    before = 0;
    i = 2;
  }
  while (i < text.length) {
    let end = i;
    let value = 0;
    for (; end < text.length; end++) {
      const digit = hexDigit(text.charCodeAt(end));
      if (digit === -1) break;
      value = 16 * value + digit;
    }
    if (text.charCodeAt(end) === DOT) {
      const address = parseIpv4(text, i);
      if (address === undefined) return undefined;
      groups.push(address >>> 16, address & 0xffff);
      break;
    }
    if (end === i || end > i + 4) return undefined;
    groups.push(value);
    if (end === text.length) break;
    if (text.charCodeAt(end) !== COLON) return undefined;
    i = end + 1;
    if (text.charCodeAt(i) === COLON) {
      if (before !== -1) return undefined;
      before = groups.length;
      i++;
    } else if (i === text.length) return undefined;
  }
  if (before === -1 ? groups.length !== 8 : groups.length > 7) return undefined;
  if (before !== -1) {
    groups.splice(before, 0, ...new Array<number>(8 - groups.length).fill(0));
  }
  return [0, 2, 4, 6].map((at) => ((groups[at] << 16) | groups[at + 1]) >>> 0);
}

function hexDigit(char: number): number {
  if (char >= ZERO && char <= 0x39) return char - ZERO;
  const letter = char | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
