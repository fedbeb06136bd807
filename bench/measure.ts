/**
 * One measurement: start a server, load it, read the figures, stop it.
 *
 * @module
 */

import type { Peer } from "./peers.ts";
import { cores, coreUsage, quiet, run, start, usage } from "./process.ts";
import type { Scenario } from "./scenarios.ts";
import { freePorts, HOST, sleep, type Started, startPeer } from "./server.ts";

/** The figures of one run, by name. */
type Figures = Readonly<Record<string, number>>;

/** The figures of one run, and how far the cores were apart. */
export type Sample = Figures & Distance;

/** What a run needs to know. */
export interface Bench {
  /** The load generator. */
  readonly netload: string;
  /** Measures how far apart two cores are: see `core_distance.c`. */
  readonly coreDistance: string;
  /** How long the load lasts. */
  readonly seconds: number;
  /** How often a run that was disturbed is tried, at most; {@linkcode TRIES} if absent. */
  readonly tries?: number;
  /** How long to wait for the cores to be quiet before trying again, in seconds; 10 if absent. */
  readonly patience?: number;
}

const TRIES = 3;
/** A run is disturbed if a program had to wait for its core for a larger part of it. */
export const DISTURBED = 0.05;
/** Memory is read after this long: by then, what starting left behind is collected. */
const SETTLE_MS = 500;
/** How long idle connections are held, in seconds. */
const HOLD = 3;

const [SERVER_CORE, LOAD_CORE] = cores();

/** How many nanoseconds the server and the load are apart, or nothing where they are not on cores of their own. */
async function distance({ coreDistance }: Bench): Promise<number> {
  if (LOAD_CORE === undefined) return NaN;
  const { stdout } = await run([
    coreDistance,
    `${SERVER_CORE}`,
    `${LOAD_CORE}`,
  ]);
  return Number(stdout);
}

/** Cores are far from each other if they are so many times as far as they were at the nearest. */
const FAR = 3;
/** How long to wait for cores to be near again. */
const FAR_MS = 10_000;
const LOOK_AGAIN_MS = 200;
/** The least distance so far. */
let nearest = Infinity;

/** How far the cores were apart before or after a run, at the most. */
export interface Distance {
  readonly distance: number;
}

/** Whether a run was made while the cores were far from each other. */
export function isFar({ distance }: Distance): boolean {
  return distance > FAR * nearest;
}

/** Leaves out the runs that were made while the cores were far from each other, if there are others. */
export function withoutFar<Run extends Distance>(
  runs: readonly (Run | undefined)[],
): readonly (Run | undefined)[] {
  const kept = runs.map((run) => run && isFar(run) ? undefined : run);
  return kept.some(Boolean) ? kept : runs;
}

async function look(bench: Bench): Promise<Distance> {
  const found = await distance(bench);
  nearest = Math.min(found, nearest);
  return { distance: found };
}

/** Waits until the cores are near to each other, but not for ever. */
async function untilNear(bench: Bench): Promise<void> {
  const end = performance.now() + FAR_MS;
  while (isFar(await look(bench)) && performance.now() < end) {
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Makes a run; again, once the cores are near to each other, if they were not. */
export async function near<Run extends object>(
  bench: Bench,
  run: () => Promise<Run | undefined>,
): Promise<Run & Distance | undefined> {
  for (let left = bench.tries ?? TRIES;; left--) {
    const before = await look(bench);
    const figures = await run();
    if (figures === undefined) return;
    const after = await look(bench);
    const farther = { distance: Math.max(before.distance, after.distance) };
    if (left === 1 || !isFar(farther)) return { ...figures, ...farther };
    await untilNear(bench);
  }
}

/** Runs the load generator, and returns all that it printed. */
async function load(
  { netload }: Bench,
  port: number,
  [mode, ...options]: readonly string[],
  seconds: number,
): Promise<Record<string, number>> {
  const command = [netload, mode, HOST, `${port}`, ...options];
  const { stdout, stderr } = await run([...command, "-t", `${seconds}`], {
    core: LOAD_CORE,
  });
  if (stdout === "") throw new Error(`"${command.join(" ")}": ${stderr}`);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  return Object.assign({}, ...lines);
}

async function measureLoad(
  bench: Bench,
  { single }: Peer,
  scenario: Scenario,
  { pid, port }: Started,
): Promise<Figures> {
  const seconds = bench.seconds * (scenario.longer ?? 1);
  const warmup = Math.max(0.2, bench.seconds / 2);
  const options = [...scenario.load, "-w", `${warmup}`];
  const before = { ...usage(pid), ...coreUsage(SERVER_CORE) };
  const result = await load(bench, port, options, seconds);
  const after = { ...usage(pid), ...coreUsage(SERVER_CORE) };
  const cpu = after.cpu - before.cpu;
  // A server's own threads that wait for each other are no disturbance: a run with few would be taken for a quiet one.
  const others = single ? after.used - before.used - cpu : 0;
  const stolen = after.stolen - before.stolen;
  // What each connection would wait for an answer if all had their turn, in µs.
  const share = 1e6 * scenario.connections / result.msg_per_s;
  const median = Math.max(1, result.median_served);
  return {
    rate: result.msg_per_s,
    mib: result.mib_per_s,
    p50: result.p50_us,
    p99: result.p99_us,
    lost: result.lost,
    fairness: result.least_served / median,
    unfairness: result.most_served / median,
    p99_shares: result.p99_us / share,
    p999_shares: result.p999_us / share,
    slowest_shares: result.slowest_us / share,
    cpu: single ? 1e6 * cpu / result.total : NaN,
    memory: single ? after.memory / 1024 : NaN,
    errors: result.errors + result.mismatched,
    disturbed: Math.max(
      result.waited_ms / 1000 / seconds,
      (others + stolen) / (seconds + warmup),
    ),
  };
}

async function measureBurst(
  bench: Bench,
  { load: options }: Scenario,
  { port }: Started,
): Promise<Figures> {
  const others = ["tcp", "-c", "500", "-s", "64", "-w", "0.3"];
  const busy = load(bench, port, others, Math.max(1, bench.seconds));
  await sleep(600);
  const burst = await load(bench, port, options, 5);
  const { msg_per_s, errors } = await busy;
  return {
    echoed: burst.echoed_ms,
    p50: burst.p50_us / 1000,
    unanswered: burst.unanswered,
    rate: msg_per_s,
    errors: errors + burst.errors,
    disturbed: 0, // by each other, and that is the point
  };
}

async function measureIdle(
  bench: Bench,
  { single }: Peer,
  scenario: Scenario,
  { pid, port }: Started,
): Promise<Figures> {
  await sleep(SETTLE_MS);
  const before = usage(pid).memory;
  const holding = load(bench, port, scenario.load, HOLD);
  let last = before;
  const sampler = setInterval(() => last = usage(pid).memory, 100);
  const held = await holding.finally(() => clearInterval(sampler));
  return {
    each: single ? (last - before) / scenario.connections : NaN,
    rest: single ? before / 1024 : NaN,
    connect: held.connect_ms,
    errors: held.closed,
    disturbed: 0,
  };
}

async function measureStart(
  { single }: Peer,
  { pid, ms }: Started,
): Promise<Figures> {
  await sleep(SETTLE_MS);
  const rest = single ? usage(pid).memory / 1024 : NaN;
  return { start: ms, rest, errors: 0, disturbed: 0 };
}

/** How long a program takes that ends by itself. */
async function measureWhole(
  peer: Peer,
  { role }: Scenario,
): Promise<Figures | undefined> {
  const command = peer.command(role, freePorts());
  if (command === undefined) return;
  const begin = performance.now();
  const server = start(command, { core: SERVER_CORE });
  const code = await server.ended;
  const ms = performance.now() - begin;
  await server.stop();
  return { start: ms, errors: code === 0 ? 0 : 1, disturbed: 0 };
}

async function measureOnce(
  bench: Bench,
  peer: Peer,
  scenario: Scenario,
): Promise<Figures | undefined> {
  if (peer.ends) return await measureWhole(peer, scenario);
  const server = await startPeer(peer, scenario.role, SERVER_CORE);
  if (server === undefined) return;
  try {
    switch (scenario.how) {
      case "load":
        return await measureLoad(bench, peer, scenario, server);
      case "burst":
        return await measureBurst(bench, scenario, server);
      case "idle":
        return await measureIdle(bench, peer, scenario, server);
      case "start":
        return await measureStart(peer, server);
    }
  } finally {
    await server.stop();
  }
}

/** Measures one server in one scenario, again if something else used the cores. */
async function measureQuiet(
  bench: Bench,
  peer: Peer,
  scenario: Scenario,
): Promise<Figures | undefined> {
  let best: Figures | undefined;
  for (let i = 0; i < (bench.tries ?? TRIES); i++) {
    const sample = await measureOnce(bench, peer, scenario);
    if (sample === undefined) return;
    if (best === undefined || sample.disturbed < best.disturbed) best = sample;
    if (best.disturbed < DISTURBED) break;
    await quiet(1000 * (bench.patience ?? 10));
  }
  return best;
}

/**
 * Measures one server in one scenario, again if something else used the cores or if they were moved.
 *
 * @returns nothing if the server has no such role
 */
export async function measure(
  bench: Bench,
  peer: Peer,
  scenario: Scenario,
): Promise<Sample | undefined> {
  return await near(bench, () => measureQuiet(bench, peer, scenario));
}
