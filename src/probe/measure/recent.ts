/**
 * What is remembered of the messages that were sent: a bounded number, the latest.
 *
 * @module
 */

/** What has become of a message. */
export const State = {
  /** No such message, or too long ago. */
  UNKNOWN: 0,
  /** Sent; nothing has come back, and it is not too late. */
  PENDING: 1,
  /** The time-out is over. */
  OVERDUE: 2,
  /** It came back unchanged, or it is known that nothing more of it can come. */
  SETTLED: 3,
  /** It came back damaged; an intact copy may follow, and it is not too late. */
  DAMAGED: 4,
} as const;

/** One of {@linkcode State}. */
export type State = typeof State[keyof typeof State];

const FIRST_CAPACITY = 256;
/** Enough for seconds of the highest rate; 9 MB for a flow that needs it. */
const MAX_CAPACITY = 1 << 20;

/** Whether a message may still come back in time. */
export function isPending(state: State): boolean {
  return state === State.PENDING || state === State.DAMAGED;
}

/** The latest messages of a flow, by sequence number. */
export class Recent {
  #sentAt = new Float64Array(FIRST_CAPACITY);
  #states = new Uint8Array(FIRST_CAPACITY);
  #last = 0;

  /** The latest sequence number; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** The earliest sequence number that is remembered. */
  get first(): number {
    return Math.max(1, this.#last - this.#states.length + 1);
  }

  /**
   * Remembers the next message as pending.
   *
   * @returns What the message was that it takes the place of.
   */
  push(sentAt: number): State {
    const { length } = this.#states;
    if (this.#last >= length && length < MAX_CAPACITY) this.#grow();
    const at = ++this.#last & (this.#states.length - 1);
    const forgotten = this.#states[at] as State;
    this.#sentAt[at] = sentAt;
    this.#states[at] = State.PENDING;
    return forgotten;
  }

  state(seq: number): State {
    if (seq < this.first || seq > this.#last) return State.UNKNOWN;
    return this.#states[seq & (this.#states.length - 1)] as State;
  }

  /** Changes the state of a message that is remembered. */
  setState(seq: number, state: State): void {
    this.#states[seq & (this.#states.length - 1)] = state;
  }

  /** When a remembered message was sent, in milliseconds. */
  sentAt(seq: number): number {
    return this.#sentAt[seq & (this.#states.length - 1)];
  }

  #grow(): void {
    const capacity = 4 * this.#states.length;
    const sentAt = new Float64Array(capacity);
    const states = new Uint8Array(capacity);
    for (let seq = this.first; seq <= this.#last; seq++) {
      const at = seq & (capacity - 1);
      sentAt[at] = this.sentAt(seq);
      states[at] = this.state(seq);
    }
    this.#sentAt = sentAt;
    this.#states = states;
  }
}
