/**
 * Two servers that answer each other: noticed, and ended.
 *
 * One forged datagram makes two echo servers send it to and fro for ever. Known
 * ports and our own are left out before (`udp_source.ts`), and at any speed the
 * budget ends the exchange, since one missing answer is the end of it. What is
 * left is a slow loop, below the budget. It has a mark: the same datagram comes
 * back from the same port, again and again, each time without a pause. One in a
 * thousand of those gets no answer. Who sends the same datagram in that way on
 * purpose loses one in a thousand; whoever numbers them loses none.
 *
 * @module
 */

import type { Source } from "./source_table.ts";

/** So many in a row are one too many. */
const REPEATS = 1000;
/** A loop does not pause; a person or a monitor does. */
const PAUSE_MS = 500;
/** So many other datagrams between two of the same: it was not a loop. Less, and several loops at once are still seen, one by one. */
const OTHERS = 64;

/** Whether this datagram is to be left unanswered, because it looks like one that goes round in a loop. */
export function endsLoop(
  { loop }: Source,
  mark: number,
  now: number,
): boolean {
  const paused = now - loop.seenAt >= PAUSE_MS;
  loop.seenAt = now;
  if (mark === loop.mark && !paused) {
    loop.others = 0;
    if (++loop.repeats < REPEATS) return false;
    loop.repeats = 0;
    return true;
  }
  if (paused || ++loop.others >= OTHERS) {
    loop.mark = mark;
    loop.repeats = 0;
    loop.others = 0;
  }
  return false;
}

/**
 * A number that is the same for the same datagram from the same port: made of
 * its length and its first and last bytes, so that it costs the same for any size.
 */
export function markOf(datagram: Uint8Array, port: number): number {
  const { length } = datagram;
  let mark = Math.imul(port, 31) + length;
  const head = Math.min(length, 16);
  for (let i = 0; i < head; i++) mark = Math.imul(mark, 31) + datagram[i];
  for (let i = Math.max(head, length - 16); i < length; i++) {
    mark = Math.imul(mark, 31) + datagram[i];
  }
  return mark | 0;
}
