/**
 * When each message is due.
 *
 * @module
 */

/** Flows start this much apart, or closer when the interval is short, so that they do not queue behind each other. */
const STAGGER_MS = 1;

/** How much is to be sent. */
export interface Amount {
  /** How many messages each flow sends. */
  readonly count?: number;
  /** How long to send, in milliseconds. */
  readonly durationMs?: number;
}

/** When the messages of all flows are due, in that order, and on which flow each goes. */
export interface Timetable {
  /** How many there are, or `Infinity`. */
  readonly total: number;
  /** When a message is due after the start, by its number from 0, in milliseconds. */
  due(n: number): number;
  /** The number of its flow, from 0. */
  flow(n: number): number;
}

/** Each flow sends once in an interval, like so many pings. They take turns in being the first, which has to wake up everybody on the way. */
export function atInterval(
  flows: number,
  intervalMs: number,
  { count = Infinity, durationMs = Infinity }: Amount,
): Timetable {
  const stagger = Math.min(STAGGER_MS, intervalMs / flows);
  const rounds = Math.floor(durationMs / intervalMs);
  const restMs = durationMs - rounds * intervalMs;
  const inTime = durationMs === Infinity
    ? Infinity
    : rounds * flows + Math.min(flows, Math.ceil(restMs / stagger));
  return {
    total: Math.min(count * flows, inTime),
    due: (n) => Math.floor(n / flows) * intervalMs + (n % flows) * stagger,
    flow: (n) => (n + Math.floor(n / flows)) % flows,
  };
}

/** All flows together send so many messages a second, one after the other. */
export function atRate(
  flows: number,
  rate: number,
  { count = Infinity, durationMs = Infinity }: Amount,
): Timetable {
  const gapMs = 1000 / rate;
  return {
    total: Math.min(count * flows, Math.ceil(durationMs / gapMs)),
    due: (n) => n * gapMs,
    flow: (n) => n % flows,
  };
}
