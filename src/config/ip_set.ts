/**
 * Sets of IP addresses, as sorted ranges: a search takes as many steps as the
 * number of ranges has bits.
 *
 * @module
 */

import { type Ip, type IpBlock, parseIpBlock } from "./ip_block.ts";

/** A set of addresses. */
export interface IpSet {
  /** The first and the last address of each range, one word each: in order, and with a gap between any two. */
  readonly ipv4: Uint32Array;
  /** The same, four words each. */
  readonly ipv6: Uint32Array;
}

/** Words of a set, an address, or ranges that are being put together. */
type Words = ArrayLike<number>;

/** The set of the addresses in some blocks, in any order. */
export function ipSet(blocks: readonly IpBlock[]): IpSet {
  const [ipv4, ipv6] = [1, 4].map((width) => {
    const sorted = blocks.filter(({ first }) => first.length === width)
      .sort((a, b) => compare(a.first, 0, b.first, 0, width));
    const ranges = new Ranges(width, sorted.length);
    for (const { first, last } of sorted) ranges.add(first, 0, last, 0);
    return ranges.words;
  });
  return { ipv4, ipv6 };
}

/** The set of some addresses and CIDR blocks. Anything else is skipped. */
export function readIpSet(texts: readonly string[]): IpSet {
  return ipSet(texts.map(parseIpBlock).filter((block) => block !== undefined));
}

/** The addresses that are in one of two sets. */
export function union(a: IpSet, b: IpSet): IpSet {
  return {
    ipv4: merge(a.ipv4, b.ipv4, 1),
    ipv6: merge(a.ipv6, b.ipv6, 4),
  };
}

/** The same set in shared memory: to send it to another thread copies nothing. */
export function shared({ ipv4, ipv6 }: IpSet): IpSet {
  return { ipv4: sharedWords(ipv4), ipv6: sharedWords(ipv6) };
}

function sharedWords(words: Uint32Array): Uint32Array {
  const shared = new Uint32Array(new SharedArrayBuffer(words.byteLength));
  shared.set(words);
  return shared;
}

/** Whether a set is empty. */
export function isEmpty({ ipv4, ipv6 }: IpSet): boolean {
  return ipv4.length + ipv6.length === 0;
}

/** Whether two sets hold the same addresses. */
export function sameIps(a: IpSet, b: IpSet): boolean {
  return sameWords(a.ipv4, b.ipv4) && sameWords(a.ipv6, b.ipv6);
}

/** Whether an address is in a set. */
export function hasIp({ ipv4, ipv6 }: IpSet, address: Ip): boolean {
  const width = address.length;
  const ranges = width === 1 ? ipv4 : ipv6;
  const step = 2 * width;
  // The ranges below `low` begin at the address or before it.
  let [low, high] = [0, ranges.length / step];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(ranges, step * middle, address, 0, width) <= 0) {
      low = middle + 1;
    } else high = middle;
  }
  return low > 0 &&
    compare(address, 0, ranges, step * low - width, width) <= 0;
}

/** Ranges that come in the order of their first addresses: those that overlap or touch become one. */
class Ranges {
  readonly #width: number;
  readonly #words: Uint32Array<ArrayBuffer>;
  #length = 0;

  /** @param most How many ranges come at most. */
  constructor(width: number, most: number) {
    this.#width = width;
    this.#words = new Uint32Array(2 * width * most);
  }

  /** Adds a range whose first and last address stand at these places. */
  add(first: Words, firstAt: number, last: Words, lastAt: number): void {
    const width = this.#width;
    const words = this.#words;
    const lastOfAll = this.#length - width;
    if (lastOfAll > 0 && !hasGap(words, lastOfAll, first, firstAt, width)) {
      if (compare(words, lastOfAll, last, lastAt, width) >= 0) return;
      this.#length = lastOfAll;
    } else this.#push(first, firstAt);
    this.#push(last, lastAt);
  }

  get words(): Uint32Array {
    return this.#words.slice(0, this.#length);
  }

  #push(address: Words, at: number): void {
    for (let i = 0; i < this.#width; i++) {
      this.#words[this.#length++] = address[at + i];
    }
  }
}

function merge(a: Uint32Array, b: Uint32Array, width: number): Uint32Array {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const ranges = new Ranges(width, (a.length + b.length) / (2 * width));
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const isNext = j === b.length ||
      (i < a.length && compare(a, i, b, j, width) <= 0);
    if (isNext) {
      ranges.add(a, i, a, i + width);
      i += 2 * width;
    } else {
      ranges.add(b, j, b, j + width);
      j += 2 * width;
    }
  }
  return ranges.words;
}

/** Less than 0, 0, or more than 0: as the address at a place is before, at or after the other. */
function compare(
  a: Words,
  aAt: number,
  b: Words,
  bAt: number,
  width: number,
): number {
  for (let i = 0; i < width; i++) {
    const difference = a[aAt + i] - b[bAt + i];
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether there is an address between `last` and `next`. */
function hasGap(
  last: Words,
  lastAt: number,
  next: Words,
  nextAt: number,
  width: number,
): boolean {
  // `last` plus one, word by word from the right.
  let carry = 1;
  let order = 0;
  for (let i = width - 1; i >= 0; i--) {
    const sum = last[lastAt + i] + carry;
    carry = sum > 0xffffffff ? 1 : 0;
    const difference = next[nextAt + i] - (sum >>> 0);
    if (difference !== 0) order = difference;
  }
  return carry === 0 && order > 0;
}

function sameWords(a: Words, b: Words): boolean {
  return a.length === b.length && compare(a, 0, b, 0, a.length) === 0;
}
