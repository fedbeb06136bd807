/**
 * When messages are sent: at an interval, as fast as they come back, or at a rate.
 *
 * @module
 */

import type { Flow } from "./flow.ts";
import { Metronome } from "./metronome.ts";

/** Flows start this much apart, or closer when the interval is short, so that they do not queue behind each other. */
const STAGGER_MS = 1;
/** Without replies, a flood is this slow: a hundred messages a second, as ping's. */
const FLOOD_PAUSE_MS = 10;
/** At high rates a beat stands for several messages: a hundred thousand beats a second would be work of their own. */
const MIN_BEAT_MS = 0.2;
/** When many are overdue, no more than so many go in one turn: the runtime puts off what is beyond 128, though their time runs. */
const MOST_PER_BEAT = 64;
/** The first message of a rate is due after this long, so that the metronome has heard of it. */
const LEAD_MS = 2;
/** So early a beat may be, by the difference of two threads' clocks. */
const EARLY_MS = 0.1;

/** How to send. */
export type Pace =
  | { readonly kind: "interval"; readonly intervalMs: number }
  | { readonly kind: "flood" }
  | {
    readonly kind: "rate";
    /** Messages a second, of all flows together. */
    readonly rate: number;
  };

/** Options for {@linkcode sendAll}. */
export interface SendOptions {
  /** How many messages each flow sends. */
  readonly count?: number;
  /** How long to send, in milliseconds. */
  readonly durationMs?: number;
  /** Stops sending. */
  readonly signal: AbortSignal;
}

/** Sends messages until there are enough, the time is over, no flow is left, or `signal` stops it. */
export async function sendAll(
  flows: readonly Flow[],
  pace: Pace,
  options: SendOptions,
): Promise<void> {
  switch (pace.kind) {
    case "interval":
      return await sendAtInterval(flows, pace.intervalMs, options);
    case "flood":
      await Promise.all(flows.map((flow) => flood(flow, options)));
      return;
    case "rate":
      return await sendAtRate(flows, pace.rate, options);
  }
}

/** Each flow sends once in an interval, like so many pings. They take turns in being the first, which has to wake up everybody on the way. */
async function sendAtInterval(
  flows: readonly Flow[],
  intervalMs: number,
  { count = Infinity, durationMs = Infinity, signal }: SendOptions,
): Promise<void> {
  const stagger = Math.min(STAGGER_MS, intervalMs / flows.length);
  let start = performance.now();
  const end = start + durationMs;
  for (let round = 0; round < count; round++) {
    for (let i = 0; i < flows.length; i++) {
      const flow = flows[(i + round) % flows.length];
      const due = start + round * intervalMs + i * stagger;
      await sleepUntil(Math.min(due, end), signal);
      if (due >= end || signal.aborted || !flows.some(isOpen)) return;
      if (flow.open) flow.send();
      // After a pause of the whole machine, what was due in it is not made up for.
      const behindMs = performance.now() - due;
      if (behindMs > intervalMs) start += behindMs;
    }
  }
}

/** Sends the next message when the last one has come back, or after a pause. At most that one is under way, so a flood is no more than the other side answers. */
async function flood(
  flow: Flow,
  { count = Infinity, durationMs = Infinity, signal }: SendOptions,
): Promise<void> {
  const end = performance.now() + durationMs;
  for (let sent = 0; sent < count && flow.open && !signal.aborted; sent++) {
    if (performance.now() >= end) return;
    const { changed } = flow.ledger;
    flow.send();
    const pause = Promise.withResolvers<void>();
    const timer = setTimeout(pause.resolve, FLOOD_PAUSE_MS);
    await Promise.race([changed, pause.promise]);
    clearTimeout(timer);
  }
}

/**
 * Sends at a rate, whether or not anything comes back (open loop): a server that
 * stalls does not make the probe wait, and so cannot hide how long others would have
 * waited ("coordinated omission"). Times are taken from when a message was due.
 */
async function sendAtRate(
  flows: readonly Flow[],
  rate: number,
  { count = Infinity, durationMs = Infinity, signal }: SendOptions,
): Promise<void> {
  const gapMs = 1000 / rate;
  const total = Math.min(count * flows.length, Math.ceil(durationMs / gapMs));
  const done = Promise.withResolvers<void>();
  const metronome = await Metronome.create();
  const start = performance.now() + LEAD_MS;
  let sent = 0;

  /** Sends what is due at this beat; what becomes due meanwhile waits for the next, so that replies are read in between. */
  function sendDue(): void {
    const now = performance.now() + EARLY_MS;
    const last = Math.min(total, sent + MOST_PER_BEAT);
    for (; sent < last; sent++) {
      const due = start + sent * gapMs;
      if (due > now) return;
      if (signal.aborted || !flows.some(isOpen)) return stop();
      while (performance.now() < due);
      const flow = flows[sent % flows.length];
      if (flow.open) flow.send(due);
    }
    if (sent === total) stop();
  }
  function stop(): void {
    done.resolve();
  }

  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  metronome.start(start, Math.max(gapMs, MIN_BEAT_MS), sendDue);
  await done.promise;
  metronome.stop();
  signal.removeEventListener("abort", stop);
}

/** Waits until a time of `performance.now()`, or until `signal`. */
async function sleepUntil(
  time: number,
  signal: AbortSignal,
): Promise<void> {
  const ms = time - performance.now();
  if (ms <= 0 || signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const stop = () => over.resolve();
  signal.addEventListener("abort", stop, { once: true });
  await over.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
}

function isOpen(flow: Flow): boolean {
  return flow.open;
}
