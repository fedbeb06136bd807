/**
 * When messages are sent: at an interval, as fast as they come back, or at a rate.
 *
 * @module
 */

import type { Flow } from "./flow.ts";
import { Metronome } from "./metronome.ts";
import { Sender } from "./sender.ts";
import { type Amount, atInterval, atRate } from "./timetable.ts";
import { delay } from "../../base/time.ts";

/** Without replies, a flood is this slow: a hundred messages a second, as ping's. */
const FLOOD_PAUSE_MS = 10;
/** At high rates a beat stands for several messages: a hundred thousand beats a second would be work of their own. */
const MIN_BEAT_MS = 0.2;
/** The first message of a rate is due after this long, so that the metronome has heard of it. */
const LEAD_MS = 2;

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
export interface SendOptions extends Amount {
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

async function sendAtInterval(
  flows: readonly Flow[],
  intervalMs: number,
  { signal, ...amount }: SendOptions,
): Promise<void> {
  const timetable = atInterval(flows.length, intervalMs, amount);
  const start = performance.now();
  const sender = new Sender(flows, timetable, {
    start,
    end: start + (amount.durationMs ?? Infinity),
    fromDue: false,
  });
  while (!signal.aborted) {
    const due = sender.sendDue();
    if (due === undefined) return;
    // At least a turn of the event loop, in which replies are read.
    await delay(Math.max(MIN_BEAT_MS, due - performance.now()), signal);
  }
  sender.stop();
}

/** Sends the next message when the last one has come back, or after a pause. At most that one is under way, so a flood is no more than the other side answers. */
async function flood(
  flow: Flow,
  { count = Infinity, durationMs = Infinity, signal }: SendOptions,
): Promise<void> {
  const end = performance.now() + durationMs;
  for (let sent = 0; sent < count && flow.open && !signal.aborted; sent++) {
    const now = performance.now();
    flow.ledger.standstill.look(now);
    if (now >= end) return;
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
  { signal, ...amount }: SendOptions,
): Promise<void> {
  const metronome = await Metronome.create();
  if (signal.aborted) return metronome.stop();
  const start = performance.now() + LEAD_MS;
  const sender = new Sender(flows, atRate(flows.length, rate, amount), {
    start,
    end: start + (amount.durationMs ?? Infinity),
    fromDue: true,
  });
  const done = Promise.withResolvers<void>();
  const stop = () => {
    sender.stop();
    done.resolve();
  };
  let waits = false;
  function send(): void {
    if (signal.aborted) return;
    if (sender.sendDue() === undefined) return done.resolve();
    // Behind time, each reply that was read makes room for a message.
    if (waits || !sender.room) return;
    waits = true;
    sender.room.then(() => {
      waits = false;
      send();
    });
  }
  signal.addEventListener("abort", stop, { once: true });
  metronome.start(start, Math.max(1000 / rate, MIN_BEAT_MS), send);
  await done.promise;
  metronome.stop();
  signal.removeEventListener("abort", stop);
}
