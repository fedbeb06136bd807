/**
 * Whether more workers carry more: mynah with one and with several, on all cores
 * together with the load, which uses one of them.
 *
 * A figure means something only if the load generator could have done more: it
 * did if it used less than a core. How many cores the server and the load used
 * says what the limit was.
 *
 * Where there are few cores, they are the limit, and not the worker. So everything
 * is measured again with each worker held to a part of a core by the system's
 * scheduler: then nobody waits for a core, as on a machine that has more of them.
 *
 * @module
 */

import { mynahConfig } from "./configs.ts";
import { type Bench, type Distance, near, withoutFar } from "./measure.ts";
import { holdThreads, run, usage } from "./process.ts";
import { table } from "./report.ts";
import type { Peer } from "./peers.ts";
import { HOST, startPeer } from "./server.ts";
import { format, formatRatio, medianRatio, summarize } from "./statistics.ts";

interface Load {
  readonly title: string;
  readonly role: "tcp" | "quote";
  readonly options: readonly string[];
}

const LOADS: readonly Load[] = [
  {
    title: "TCP echo, 64 bytes, 50 connections",
    role: "tcp",
    options: ["tcp", "-c", "50", "-s", "64"],
  },
  {
    title: "TCP echo, 64 bytes × 16 on the way, 50 connections",
    role: "tcp",
    options: ["tcp", "-c", "50", "-s", "64", "-p", "16"],
  },
  {
    title: "TCP echo, 64 KiB, 10 connections",
    role: "tcp",
    options: ["tcp", "-c", "10", "-s", "65536"],
  },
  {
    title: "TCP echo, 256 KiB, 20 connections, nothing compared",
    role: "tcp",
    options: ["bulk", "-c", "20", "-s", "262144"],
  },
  {
    title: "Quotes, a connection each, 20 at once",
    role: "quote",
    options: ["once", "-c", "20"],
  },
];

/** The part of a core that a worker may use where it is held. */
const SHARE = 0.25;
/** As the system calls the threads of workers; with one worker, the main thread serves. */
const WORKER = /^worker-/;

/** What one run came to; processor time in cores. */
interface Figures {
  readonly rate: number;
  readonly server: number;
  readonly load: number;
}

async function measure(
  { netload, seconds }: Bench,
  peer: Peer,
  { role, options: [mode, ...options] }: Load,
  isHeld: boolean,
): Promise<Figures> {
  const server = await startPeer(peer, role, undefined);
  if (!server) throw new Error(`${peer.name} has no ${role}`);
  try {
    if (isHeld) await holdThreads(server.pid, WORKER, SHARE);
    const before = usage(server.pid).cpu;
    const times = ["-t", `${seconds}`, "-w", "0.5"];
    const { stdout } = await run([
      netload,
      mode,
      HOST,
      `${server.port}`,
      ...options,
      ...times,
    ]);
    const used = usage(server.pid).cpu - before;
    const { msg_per_s, cpu_s, seconds: took } = JSON.parse(stdout);
    return {
      rate: msg_per_s,
      server: used / (took + 0.5),
      load: cpu_s / took,
    };
  } finally {
    await server.stop();
  }
}

/** mynah with so many workers. */
function withWorkers(mynah: Peer, folder: string, workers: number): Peer {
  return {
    ...mynah,
    command(role, ports) {
      const command = mynah.command(role, ports);
      const file = `${folder}/workers.yaml`;
      Deno.writeTextFileSync(
        file,
        `workers: ${workers}\n${mynahConfig(ports)}`,
      );
      return command && [...command.slice(0, -1), file];
    },
  };
}

/** Measures one load with one worker and with more, and makes the table. */
async function measureLoad(
  mynah: Peer,
  bench: Bench,
  load: Load,
  { rounds, folder, isHeld }: {
    rounds: number;
    folder: string;
    isHeld: boolean;
  },
): Promise<string> {
  const counts = [1, 2, 4, 8, 16].filter((count) =>
    count <= Math.max(2, navigator.hardwareConcurrency)
  );
  const title = isHeld
    ? `${load.title}; each worker held to ${100 * SHARE}% of a core`
    : load.title;
  const figures = counts.map(() => [] as (Figures & Distance | undefined)[]);
  for (let round = 1; round <= rounds; round++) {
    for (const [i, count] of counts.entries()) {
      const peer = withWorkers(mynah, folder, count);
      figures[i].push(
        await near(bench, () => measure(bench, peer, load, isHeld)),
      );
      console.error(`round ${round} of ${rounds}: ${title}: ${count}`);
    }
  }
  const shown = figures.map(withoutFar);
  const values = (i: number, key: keyof Figures) =>
    shown[i].map((each) => each?.[key] ?? NaN);
  const median = (i: number, key: keyof Figures) =>
    summarize(values(i, key)).median;
  const rows = counts.map((count, i) => [
    `${count}`,
    format(median(i, "rate")),
    formatRatio(medianRatio(values(i, "rate"), values(0, "rate"))),
    median(i, "server").toFixed(2),
    median(i, "load").toFixed(2),
  ]);
  const head = [
    "workers",
    "a second",
    "÷ one worker",
    "cores: server",
    "cores: load",
  ];
  return `### ${title}\n\n${table([head, ...rows])}`;
}

/** Measures every load with one worker and with two, up to one for each core, and makes the tables. */
export async function scaling(
  mynah: Peer,
  bench: Bench,
  options: { rounds: number; folder: string },
): Promise<string> {
  const tables: string[] = [];
  for (const isHeld of [false, true]) {
    try {
      for (const load of LOADS) {
        tables.push(
          await measureLoad(mynah, bench, load, { ...options, isHeld }),
        );
      }
    } catch (error) {
      if (!isHeld || !(error instanceof Deno.errors.NotSupported)) throw error;
      tables.push(`${error.message}: not measured with workers that are held.`);
    }
  }
  return tables.join("\n\n");
}
