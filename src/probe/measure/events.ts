/**
 * What happens during a ping, as it is told to whoever reports it.
 *
 * @module
 */

import type { Damage } from "./damage.ts";

/** What happened to the message with a sequence number. */
interface OfMessage {
  /** From 1. */
  readonly flow: number;
  /** From 1, for each flow. */
  readonly seq: number;
}

/** A message came back. */
export interface Reply extends OfMessage {
  readonly type: "reply" | "duplicate" | "damaged";
  readonly bytes: number;
  /** From sending it, or from when it should have been sent, in milliseconds. Absent when the message is too short to say which it is. */
  readonly rttMs?: number;
  /** After one that was sent later. */
  readonly outOfOrder: boolean;
  /** After the time-out. */
  readonly late: boolean;
  /** For `damaged`: how it differs. */
  readonly damage?: Damage;
}

/** A connection was made, which is all that `--connect` asks for. */
export interface Connection extends OfMessage {
  readonly type: "connected";
  readonly rttMs: number;
  /** After the time-out. */
  readonly late: boolean;
}

/** A message did not come back within the time-out, was refused by the system, or cannot be judged. */
export interface Missing extends OfMessage {
  readonly type: "timeout" | "failed" | "not_measured";
  /** The end of a sentence. */
  readonly reason: string;
}

/** Messages were due and never left. They have no numbers. */
export interface NotSent {
  readonly type: "not_sent";
  readonly flow: number;
  readonly count: number;
  readonly reason: string;
}

/** Something came in that is no message of ours. */
export interface Stray {
  readonly type: "stray";
  readonly flow: number;
  readonly bytes: number;
  /** Where from, when it was not the target. */
  readonly from?: string;
  /** How it begins, as text. */
  readonly text: string;
}

/** A connection ended before its time. */
export interface Closed {
  readonly type: "closed";
  readonly flow: number;
  readonly reason: string;
}

/** A connection that had ended was made anew. */
export interface Reopened {
  readonly type: "reopened";
  readonly flow: number;
  /** How long connecting took, in milliseconds. */
  readonly connectMs: number;
}

/** Something that happened. */
export type ProbeEvent =
  | Reply
  | Connection
  | Missing
  | NotSent
  | Stray
  | Closed
  | Reopened;
