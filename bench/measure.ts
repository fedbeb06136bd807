/**
 * One measurement: start a server, load it, read the figures, stop it.
 *
 * @module
 */

import type { Peer, Ports } from "./peers.ts";
import { cores, run, type Running, start, usage } from "./process.ts";
import type { Scenario } from "./scenarios.ts";

/** The figures of one run, by name. */
export type Sample = Readonly<Record<string, number>>;

/** What a run needs to know. */
export interface Bench {
  /** The load generator. */
  readonly netload: string;
  /** How long the load lasts. */
  readonly seconds: number;
  /** How often a run that was disturbed is done again, at most; 3 if absent. */
  readonly tries?: number;
}

const [SERVER_CORE, LOAD_CORE] = cores();
/** How long a server may take to answer for the first time. */
const START_MS = 20_000;
/** Memory is read after this long: by then, what starting left behind is collected. */
const SETTLE_MS = 500;
/** A run is disturbed if a program had to wait for its core for a larger part of it. */
export const DISTURBED = 0.05;

const HOST = "127.0.0.1";
const HELLO = new TextEncoder().encode("hello, mynah\n");

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * A port that nobody listens on, below those that outgoing connections get: one
 * of them could connect to itself while the server is not there yet.
 */
function freePort(): number {
  while (true) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      Deno.listen({ hostname: HOST, port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

function freePorts(): Ports {
  return { echo: freePort(), quote: freePort(), admin: freePort() };
}

/** Asks once; resolves to whether there was an answer. */
async function answers(role: string, port: number): Promise<boolean> {
  try {
    if (role === "udp") return await udpAnswers(port);
    using conn = await Deno.connect({ hostname: HOST, port });
    if (role !== "quote") await conn.write(HELLO);
    return await conn.read(new Uint8Array(512)) !== null;
  } catch {
    return false;
  }
}

async function udpAnswers(port: number): Promise<boolean> {
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: HOST,
    port: 0,
  });
  const timer = setTimeout(() => socket.close(), 50);
  try {
    await socket.send(HELLO, { transport: "udp", hostname: HOST, port });
    await socket.receive();
    socket.close();
    return true;
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a server and waits for its first answer. */
async function startPeer(
  peer: Peer,
  { role }: Scenario,
): Promise<{ server: Running; ports: Ports; ms: number } | undefined> {
  const ports = freePorts();
  const command = peer.command(role, ports);
  if (command === undefined) return;
  const begin = performance.now();
  const server = start(command, { core: SERVER_CORE });
  const port = role === "quote" ? ports.quote : ports.echo;
  while (!await answers(role, port)) {
    if (performance.now() - begin > START_MS) {
      await server.stop();
      throw new Error(`No answer from ${command.join(" ")}`);
    }
    await sleep(1);
  }
  return { server, ports, ms: performance.now() - begin };
}

/** Runs the load generator, and parses the lines that it prints. */
async function load(
  { netload }: Bench,
  args: readonly string[],
): Promise<Record<string, number>> {
  const [mode, port, ...rest] = args;
  const command = [netload, mode, HOST, port, ...rest];
  const { stdout, stderr } = await run(command, { core: LOAD_CORE });
  if (stdout === "") throw new Error(`"${command.join(" ")}": ${stderr}`);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  return Object.assign({}, ...lines);
}

type Started = Awaited<ReturnType<typeof startPeer>> & { pid: number };

async function measureLoad(
  bench: Bench,
  peer: Peer,
  scenario: Scenario,
  { pid, ports }: Started,
): Promise<Sample> {
  const [mode, ...options] = scenario.load;
  const port = scenario.role === "quote" ? ports.quote : ports.echo;
  const seconds = bench.seconds * (scenario.longer ?? 1);
  const warmup = Math.max(0.2, bench.seconds / 2);
  const times = ["-t", `${seconds}`, "-w", `${warmup}`];
  const before = usage(pid);
  const result = await load(bench, [mode, `${port}`, ...options, ...times]);
  const after = usage(pid);
  const share = 1e6 * scenario.connections / result.msg_per_s; // of a connection's turn, in µs
  return {
    rate: result.msg_per_s,
    mib: result.mib_per_s,
    p50: result.p50_us,
    p99: result.p99_us,
    lost: result.lost,
    fairness: result.least_served / Math.max(1, result.median_served),
    unfairness: result.most_served / Math.max(1, result.median_served),
    memory: peer.single ? after.memory / 1024 : NaN,
    p99_shares: result.p99_us / share,
    p999_shares: result.p999_us / share,
    slowest_shares: result.slowest_us / share,
    cpu: peer.single
      ? (after.cpu - before.cpu) * 1e6 / (result.total ?? NaN)
      : NaN,
    errors: result.errors + result.mismatched,
    disturbed: Math.max(
      result.waited_ms / 1000 / seconds,
      peer.single ? (after.waited - before.waited) / (seconds + warmup) : 0,
    ),
  };
}

async function measureBurst(
  bench: Bench,
  scenario: Scenario,
  { ports }: Started,
): Promise<Sample> {
  const [mode, ...options] = scenario.load;
  const port = `${ports.echo}`;
  const seconds = Math.max(1, bench.seconds);
  const busy = load(bench, [
    ...["tcp", port, "-c", "500", "-s", "64", "-w", "0.3"],
    ...["-t", `${seconds}`],
  ]);
  await sleep(600);
  const burst = await load(bench, [mode, port, ...options, "-t", "5"]);
  const { msg_per_s, errors } = await busy;
  return {
    echoed: burst.echoed_ms,
    p50: burst.p50_us / 1000,
    unanswered: burst.unanswered,
    rate: msg_per_s,
    errors: errors + burst.errors,
    disturbed: 0,
  };
}

async function measureIdle(
  bench: Bench,
  peer: Peer,
  scenario: Scenario,
  { pid, ports }: Started,
): Promise<Sample> {
  await sleep(SETTLE_MS);
  const before = usage(pid).memory;
  const [mode, ...options] = scenario.load;
  const holding = load(bench, [mode, `${ports.echo}`, ...options, "-t", "3"]);
  let last = before;
  const sampler = setInterval(() => last = usage(pid).memory, 100);
  const held = await holding.finally(() => clearInterval(sampler));
  return {
    each: peer.single ? (last - before) / scenario.connections : NaN,
    rest: before / 1024,
    connect: held.connect_ms,
    errors: held.closed,
    disturbed: 0,
  };
}

async function measureStart(
  peer: Peer,
  { pid, ms }: Started,
): Promise<Sample> {
  await sleep(SETTLE_MS);
  const rest = peer.single ? usage(pid).memory / 1024 : NaN;
  return { start: ms, rest, errors: 0, disturbed: 0 };
}

async function measureOnce(
  bench: Bench,
  peer: Peer,
  scenario: Scenario,
): Promise<Sample | undefined> {
  const started = await startPeer(peer, scenario);
  if (started === undefined) return;
  const { server } = started;
  const running = { ...started, pid: server.pid };
  try {
    switch (scenario.how) {
      case "load":
        return await measureLoad(bench, peer, scenario, running);
      case "burst":
        return await measureBurst(bench, scenario, running);
      case "idle":
        return await measureIdle(bench, peer, scenario, running);
      case "start":
        return await measureStart(peer, running);
    }
  } finally {
    await server.stop();
  }
}

/** Measures one server in one scenario, again when something else was using the cores. */
export async function measure(
  bench: Bench,
  peer: Peer,
  scenario: Scenario,
): Promise<Sample | undefined> {
  let best: Sample | undefined;
  for (let i = 0; i < (bench.tries ?? 3); i++) {
    const sample = await measureOnce(bench, peer, scenario);
    if (sample === undefined) return;
    if (best === undefined || sample.disturbed < best.disturbed) best = sample;
    if (best.disturbed < DISTURBED) break;
  }
  return best;
}
