/**
 * @module
 */

/** How many threads serve, and which of them this is: 0 is the main thread. */
export interface ThreadSlot {
  readonly threads: number;
  readonly thread: number;
}

/** A program whose main thread does everything. */
export const SINGLE_THREAD: ThreadSlot = { threads: 1, thread: 0 };
