/**
 * Two servers that answer each other: noticed, and ended.
 *
 * One forged datagram makes two echo servers send it to and fro for ever. Known
 * ports and our own are left out before (`udp_source.ts`), and at any speed the
 * budget ends the exchange, since one missing answer is the end of it. What is
 * left is a slow loop, below the budget. It has a mark: the same datagram comes
 * from the same port, again and again, each time without a pause. One in a
 * thousand of those gets no answer. Who sends the same datagram in that way on
 * purpose loses one in a thousand; whoever numbers them loses none.
 *
 * @module
 */

import { scatter } from "../base/hash.ts";

/** So many in a row are one too many. */
const REPEATS = 1000;
/** A loop does not pause; a person or a monitor does. */
const PAUSE_MS = 500;
/** So many loops are watched at once, each in the place that its mark gives it; the others wait for theirs to be free. */
const PLACES = 1 << 14;
/** A place that is not free is given away once in so many datagrams, so that nobody can hold it for good; a loop is ended long before. */
const HANDOVER = 1 << 13;

/** Watches for loops, in memory that does not grow. */
export class LoopWatch {
  // What holds a place, how often it came, and when last.
  readonly #marks = new Int32Array(PLACES);
  readonly #repeats = new Uint16Array(PLACES);
  readonly #seenAt = new Float64Array(PLACES).fill(-Infinity);

  /**
   * Whether a datagram that would be answered is to be left unanswered, because
   * it looks like one that goes round in a loop.
   *
   * @param mark The same for the same datagram from the same sender; salted, so that nobody can make another's.
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

/** A datagram's first and last so many bytes make its mark: where numbers stand, and no more work for a large one. */
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
