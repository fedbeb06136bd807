/**
 * What the probe sends its messages over: a UDP port, a TCP connection, or a new
 * connection for each.
 *
 * @module
 */

import type { Ledger } from "./ledger.ts";

/** One way to the target and back. */
export interface Flow {
  readonly ledger: Ledger;
  /** Whether more can be sent. */
  readonly open: boolean;
  /** How many messages wait for the ones before them. */
  readonly waiting: number;
  /**
   * Sends the next message, now or as soon as the ones before have left.
   *
   * @param intendedAt When it should leave, if that is not now: its time is taken from there.
   */
  send(intendedAt?: number): void;
  /** Books what is overdue by now. */
  expire(now: number): void;
  /** Ends it. What comes back after that is not counted. */
  close(): void;
}
