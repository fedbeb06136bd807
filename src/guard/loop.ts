/**
 * Notices and ends loops between two servers that answer each other.
 *
 * One forged datagram can make two echo servers send it to and fro for ever.
 * `udp_source.ts` excludes known ports and our own, and the budget ends every
 * fast loop, because one missing answer is enough. A slow loop, below the budget,
 * remains. Its mark: the same datagram comes from the same port again and again
 * without a pause. One in a thousand of those gets no answer. A client that sends
 * the same datagram like that on purpose loses one in a thousand; one that
 * numbers its datagrams loses none.
 *
 * @module
 */

import { scatter } from "../base/hash.ts";

/** This many in a row end the loop. */
const REPEATS = 1000;
/** A loop does not pause; a person or a monitor does. */
const PAUSE_MS = 500;
/** The number of loops watched at once. The mark of a loop gives its place; a loop whose place is taken waits until it is free. */
const PLACES = 1 << 14;
/** After this many datagrams a taken place goes to another loop, so that nobody can hold it for good; a loop has ended long before. */
const HANDOVER = 1 << 13;

/** Watches for loops, in memory that does not grow. */
export class LoopWatch {
  // For each place: the mark, how often it came, and when it came last.
  readonly #marks = new Int32Array(PLACES);
  readonly #repeats = new Uint16Array(PLACES);
  readonly #seenAt = new Float64Array(PLACES).fill(-Infinity);

  /**
   * Whether a datagram should get no answer because it looks like part of a loop.
   *
   * @param mark The same for the same datagram from the same sender; salted, so that nobody can forge it.
   * @param now In milliseconds, from a clock that never goes back.
   */
  ends(mark: number, now: number): boolean {
    const place = scatter(mark) & (PLACES - 1);
    const isFree = now - this.#seenAt[place] >= PAUSE_MS;
    if (isFree || this.#marks[place] !== mark) {
      if (!isFree && Math.random() * HANDOVER >= 1) return false;
      this.#marks[place] = mark;
      this.#repeats[place] = 0;
    }
    this.#seenAt[place] = now;
    if (++this.#repeats[place] < REPEATS) return false;
    this.#seenAt[place] = -Infinity; // The place is free.
    return true;
  }
}

/** The mark is made of this many bytes at both ends of a datagram: numbers usually stand there, and a large datagram costs no more. */
const MARK_BYTES = 256;

/** Makes the mark of a datagram out of the mark of its sender: four bytes at a time, since it is made for every datagram. */
export function markDatagram(mark: number, datagram: Uint8Array): number {
  const { length } = datagram;
  const view = new DataView(datagram.buffer, datagram.byteOffset, length);
  mark = mix(mark, length);
  let at = 0;
  const head = Math.min(length, MARK_BYTES) - 4;
  for (; at <= head; at += 4) mark = mix(mark, view.getInt32(at));
  at = Math.max(at, length - MARK_BYTES);
  for (; at <= length - 4; at += 4) mark = mix(mark, view.getInt32(at));
  for (; at < length; at++) mark = mix(mark, datagram[at]);
  return mark;
}

/** Makes the mark of a sender out of a salt and its address. */
export function markAddress(salt: number, hostname: string): number {
  let mark = salt;
  for (let i = 0; i < hostname.length; i++) {
    mark = mix(mark, hostname.charCodeAt(i));
  }
  return mark;
}

/** Adds a number to a mark: FNV-1a, which tells counters apart, and the high bits brought down, which it leaves where they are. */
export function mix(mark: number, value: number): number {
  mark = Math.imul(mark ^ value, 0x01000193);
  return mark ^ mark >>> 15;
}
