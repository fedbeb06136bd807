/**
 * Answers that were held up on the way and then came all at once: more of them than
 * a receive buffer holds are dropped at our own socket, which says nothing of the path.
 *
 * @module
 */

/** Without an answer for longer than this, in milliseconds, the other side is silent. */
const SILENCE_MS = 100;
/** A batch lasts so long, in milliseconds: until it is read, what comes after it finds no room either. */
const BATCH_MS = 20;
/** The system's default for a socket (Linux); Deno cannot ask for more, nor for what was dropped. */
const RECEIVE_BUFFER_BYTES = 212_992;
/** What the system needs for a datagram beside its bytes, which it rounds up. */
const DATAGRAM_BYTES = 1280;

/** How many datagrams of a size a receive buffer holds, at least. */
export function receiveCapacity(bytes: number): number {
  const each = DATAGRAM_BYTES + 2 * bytes;
  return Math.max(1, Math.floor(RECEIVE_BUFFER_BYTES / each));
}

/** An answer that came in. */
export interface Answer {
  readonly at: number;
  /** When its message was sent. */
  readonly sentAt: number;
  /** How many messages were sent after that one. */
  readonly sentSince: number;
}

/** Remembers which messages may have been answered in a batch that was too large. */
export class Batches {
  readonly #capacity: number;
  /** When messages were sent that a batch answered, for the latest batches. */
  #batches: readonly { readonly from: number; readonly to: number }[] = [];
  /** Since when an answer is awaited and none has come; nothing when none is awaited. */
  #since: number | undefined;
  /** How many messages were sent since the latest answer. */
  #sentInSilence = 0;

  /** @param capacity How many messages a receive buffer holds. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Notes that a message was sent: silence begins, if it has not before. */
  sent(now: number): void {
    this.#since ??= now;
    this.#sentInSilence++;
  }

  /** Whether answers have been awaited for a while, and none came. */
  isSilent(now: number): boolean {
    return now - (this.#since ?? now) > SILENCE_MS;
  }

  /**
   * Notes an answer. The first one after a silence begins a batch if more messages
   * were sent in the silence, and after its own, than a receive buffer holds: at a
   * high rate a few milliseconds are enough. After an outage the first answer is to
   * a new message, and those that were lost were sent before.
   */
  add({ at, sentAt, sentSince }: Answer, timeoutMs: number): void {
    const most = Math.min(this.#sentInSilence, sentSince);
    this.#since = sentSince > 0 ? at : undefined;
    this.#sentInSilence = 0;
    if (most <= this.#capacity) return;
    this.#batches = [
      ...this.#batches.filter(({ to }) => at - to <= 2 * timeoutMs),
      { from: sentAt, to: at + BATCH_MS },
    ];
  }

  /** Whether a message that was sent then may have been answered in a batch. */
  cover(sentAt: number): boolean {
    return this.#batches.some(({ from, to }) => from <= sentAt && sentAt <= to);
  }
}
