/**
 * Sends what is due: in time, with reads in between, and never more than sockets
 * hold.
 *
 * @module
 */

import type { Flow } from "./flow.ts";
import type { Standstill } from "./standstill.ts";
import type { Timetable } from "./timetable.ts";

/** So many messages go in one turn, at the most: the runtime puts off what is beyond 128, though their time runs. */
const MOST_IN_A_ROW = 64;
/** When a message is this much late, all that follows is due later: their times would be ours, not the path's. */
const MOST_LATE_MS = 250;
/** So early a message may be asked for, by the difference of two threads' clocks. */
const EARLY_MS = 0.1;
const TOO_SLOW = "not sent, as this process was too slow";
const STOOD_STILL = "not sent, as this process stood still";

/** Options for {@linkcode Sender}. */
export interface SenderOptions {
  /** When the timetable starts, by `performance.now()`. */
  readonly start: number;
  /** When it ends: what would be due later is not sent. */
  readonly end: number;
  /** Whether a message's time is taken from when it was due. */
  readonly fromDue: boolean;
}

/** Sends the messages of a timetable. */
export class Sender {
  readonly #flows: readonly Flow[];
  readonly #timetable: Timetable;
  readonly #fromDue: boolean;
  readonly #end: number;
  readonly #standstill: Standstill;
  /** Moves on when this process cannot keep up, and by how long it stood still. */
  #start: number;
  readonly #firstStart: number;
  #tooSlowMs = 0;
  #stoodStillMs = 0;
  /** How long it had stood still before. */
  readonly #stillBeforeMs: number;
  #next = 0;
  /** Whether more was due than could go in one row. */
  #behind = false;

  constructor(
    flows: readonly Flow[],
    timetable: Timetable,
    { start, end, fromDue }: SenderOptions,
  ) {
    this.#flows = flows;
    this.#timetable = timetable;
    this.#fromDue = fromDue;
    this.#start = this.#firstStart = start;
    this.#end = end;
    const { standstill } = flows[0].ledger;
    this.#standstill = standstill;
    standstill.look(performance.now());
    this.#stillBeforeMs = standstill.totalMs;
  }

  /** Resolves when a reply makes room for more, if more is due than could be sent. */
  get room(): Promise<void> | undefined {
    return this.#behind ? this.#nextFlow.ledger.changed : undefined;
  }

  /** Sends a row of what is due. @returns When the next message is due, or nothing when it is over. */
  sendDue(): number | undefined {
    this.#moveOn(performance.now());
    const room = this.#roomNow();
    this.#behind = false;
    // What becomes due meanwhile waits for the next turn, so that replies are read in between.
    const until = performance.now() + EARLY_MS;
    for (let sent = 0; this.#next < this.#timetable.total; sent++) {
      const due = this.#due();
      if (due > until) break;
      if (!this.#flows.some(isOpen)) return;
      this.#behind = sent >= room;
      if (this.#behind) break;
      while (performance.now() < due);
      const flow = this.#nextFlow;
      this.#next++;
      if (!flow.open) flow.ledger.notSent("the connection was given up");
      else if (this.#fromDue) flow.send(due);
      else flow.send();
    }
    return this.#next < this.#timetable.total ? this.#due() : undefined;
  }

  /** Ends it before its time: what was due by now was too slow. */
  stop(): void {
    const now = performance.now();
    this.#moveOn(now);
    this.#skip(TOO_SLOW, () => this.#due() < now);
  }

  #due(): number {
    return this.#start + this.#timetable.due(this.#next);
  }

  get #nextFlow(): Flow {
    return this.#flows[this.#timetable.flow(this.#next)];
  }

  /** How many may go now: whoever catches up has no more under way than a receive buffer holds. */
  #roomNow(): number {
    const { ledger } = this.#nextFlow;
    // All flows take turns, and share the receive buffer of the server.
    const { length } = this.#flows;
    const most = Math.max(1, Math.floor(ledger.capacity / length));
    const row = Math.min(MOST_IN_A_ROW, ledger.capacity);
    // Where nothing comes back, nothing can make room.
    if (!this.#behind || ledger.isSilent(performance.now())) return row;
    return Math.min(row, length * (most - ledger.inFlight));
  }

  /** Has the timetable go on later than it was, if it cannot be kept; what then lies beyond its end is not sent. */
  #moveOn(now: number): void {
    this.#standstill.look(now);
    const stillMs = this.#standstill.totalMs - this.#stillBeforeMs -
      this.#stoodStillMs;
    this.#stoodStillMs += stillMs;
    this.#start += stillMs;
    const lateMs = now - this.#due();
    if (lateMs > MOST_LATE_MS) {
      this.#tooSlowMs += lateMs;
      this.#start += lateMs;
    }
    if (this.#start > this.#firstStart && this.#due() >= this.#end) {
      const still = this.#stoodStillMs > this.#tooSlowMs;
      this.#skip(still ? STOOD_STILL : TOO_SLOW, () => true);
    }
  }

  /** Leaves out messages from the next one on. */
  #skip(reason: string, applies: () => boolean): void {
    const counts = new Map<Flow, number>();
    while (this.#next < this.#timetable.total && applies()) {
      const flow = this.#nextFlow;
      this.#next++;
      counts.set(flow, (counts.get(flow) ?? 0) + 1);
    }
    for (const [{ ledger }, count] of counts) ledger.skipped(reason, count);
  }
}

function isOpen(flow: Flow): boolean {
  return flow.open;
}
