/**
 * Notices sends that wait, without a timer for each.
 *
 * @module
 */

/** Something that sends. */
export interface WatchedSocket {
  /** Gives up the sends that waited at the last look already. Returns whether to look again. */
  findLate(): boolean;
}

/** A send that waits for longer, and for less than twice as long, is late. */
const LATE_MS = 50;

const senders = new Set<WatchedSocket>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Looks at a sender from time to time, until it has nothing to send. */
export function watchSends(sender: WatchedSocket): void {
  senders.add(sender);
  if (timer !== undefined) return;
  timer = setTimeout(look, LATE_MS);
  Deno.unrefTimer(timer);
}

/** Looks at it no more. */
export function unwatchSends(sender: WatchedSocket): void {
  if (!senders.delete(sender) || senders.size > 0) return;
  clearTimeout(timer);
  timer = undefined;
}

function look(): void {
  timer = undefined;
  for (const sender of [...senders]) {
    if (sender.findLate()) watchSends(sender);
    else unwatchSends(sender);
  }
}
