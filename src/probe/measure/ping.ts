/**
 * A whole ping: open, send, wait for what is under way, sum up.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import type { ProbeEvent } from "./events.ts";
import type { Flow } from "./flow.ts";
import { type FlowOptions, openFlows } from "./open_flows.ts";
import { type Pace, sendAll } from "./schedule.ts";
import { Standstill } from "./standstill.ts";
import { summarize, type Summary } from "../figures/summary.ts";
import { aborted, TimeLimitError } from "../../base/time.ts";

/** How often is looked for overdue messages, and for what to tell of a long run. */
const TICK_MS = 100;
/** Whoever pressed Ctrl-C waits at least so long for what is under way, which mostly is there long before. */
const LAST_REPLIES_MS = 250;

/** What is known when the first message is about to be sent. */
export interface Start {
  /** The address that was chosen. */
  readonly hostname: string;
  readonly flows: number;
  /** How long connecting took, for each flow that is a connection, in milliseconds. */
  readonly connectMs: readonly number[];
}

/** Whoever tells what happens. */
export interface Reporter {
  start(start: Start): void;
  event(event: ProbeEvent): void;
}

/** Options for {@linkcode ping}. */
export interface PingOptions
  extends Omit<FlowOptions, "onEvent" | "signal" | "standstill"> {
  readonly pace: Pace;
  /** How many messages each flow sends. */
  readonly count?: number;
  /** How long to send, in milliseconds. */
  readonly durationMs?: number;
  /** When all of it ends, whatever is still to come, in milliseconds. */
  readonly deadlineMs?: number;
  /** Stops sending; what is under way may still come back. */
  readonly stop: AbortSignal;
  /** Ends it at once. */
  readonly force: AbortSignal;
  /** Called from time to time. */
  readonly onTick?: (flows: readonly Flow[], elapsedMs: number) => void;
}

/**
 * Pings a target.
 *
 * @throws {ReachError} When it cannot be reached at all.
 * @throws The reason of `stop`, when that comes before there is a connection.
 */
export async function ping(
  target: Address,
  options: PingOptions,
  reporter: Reporter,
): Promise<Summary> {
  const { deadlineMs, durationMs, timeoutMs, stop, force } = options;
  const deadline = new Alarm(deadlineMs);
  const standstill = new Standstill();
  // A server may greet us before all connections are there.
  let early: ProbeEvent[] | undefined = [];
  const onEvent = (event: ProbeEvent) =>
    early ? early.push(event) : reporter.event(event);
  const { flows, hostname, connectMs } = await openFlows(target, {
    ...options,
    onEvent,
    timeoutMs,
    standstill,
    signal: AbortSignal.any([stop, deadline.signal]),
  }).catch((error) => {
    deadline.clear();
    throw error;
  });
  reporter.start({ hostname, flows: flows.length, connectMs });
  for (const event of early) reporter.event(event);
  early = undefined;

  const start = performance.now();
  standstill.look(start);
  options.onTick?.(flows, 0);
  const ticker = setInterval(() => {
    const now = performance.now();
    standstill.look(now);
    for (const flow of flows) flow.expire(now);
    options.onTick?.(flows, now - start);
  }, TICK_MS);
  try {
    await sendAll(flows, options.pace, {
      count: options.count,
      durationMs,
      signal: AbortSignal.any([stop, deadline.signal]),
    });
    await linger(flows, {
      stop,
      end: AbortSignal.any([deadline.signal, force]),
    });
  } finally {
    clearInterval(ticker);
    deadline.clear();
    for (const flow of flows) flow.close();
  }
  return summarize(flows, performance.now() - start);
}

/** Waits until nothing is under way; after `stop`, only twice as long as replies have taken so far. */
async function linger(
  flows: readonly Flow[],
  { stop, end }: { stop: AbortSignal; end: AbortSignal },
): Promise<void> {
  const over = new AbortController();
  const finish = () => over.abort();
  let timer: ReturnType<typeof setTimeout> | undefined;
  function onStop(): void {
    const longest = flows.map(({ ledger }) => ledger.statistics.rtt.max);
    timer = setTimeout(
      finish,
      Math.max(LAST_REPLIES_MS, 2 * Math.max(...longest)),
    );
  }
  end.addEventListener("abort", finish, { once: true });
  if (end.aborted) finish();
  stop.addEventListener("abort", onStop, { once: true });
  if (stop.aborted) onStop();

  const ended = aborted(over.signal);
  while (!over.signal.aborted) {
    const waiting = flows.find((flow) =>
      flow.ledger.pending > 0 || flow.waiting > 0
    );
    if (!waiting) break;
    await Promise.race([waiting.ledger.changed, ended]);
  }
  clearTimeout(timer);
  stop.removeEventListener("abort", onStop);
}

/** A signal after some time, or never; other than `AbortSignal.timeout`, it can be called off. */
class Alarm {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number | undefined) {
    if (ms === undefined) return;
    this.#timer = setTimeout(
      () => this.#controller.abort(new TimeLimitError(ms)),
      ms,
    );
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
