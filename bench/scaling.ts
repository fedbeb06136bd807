/**
 * Whether more workers carry more: mynah with one and with several, on all cores
 * together with the load, which uses one of them.
 *
 * A figure means something only if the load generator could have done more: it
 * did if it used less than a core. How many cores the server and the load used
 * says what the limit was.
 *
 * @module
 */

import { mynahConfig } from "./configs.ts";
import type { Bench } from "./measure.ts";
import { run, usage } from "./process.ts";
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
    title: "Quotes, a connection each, 20 at once",
    role: "quote",
    options: ["once", "-c", "20"],
  },
];

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
): Promise<Figures> {
  const server = await startPeer(peer, role, undefined);
  if (!server) throw new Error(`${peer.name} has no ${role}`);
  try {
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

/** Measures every load with one worker and with two, up to one for each core, and makes the tables. */
export async function scaling(
  mynah: Peer,
  bench: Bench,
  { rounds, folder }: { rounds: number; folder: string },
): Promise<string> {
  const counts = [1, 2, 4, 8, 16].filter((count) =>
    count <= Math.max(2, navigator.hardwareConcurrency)
  );
  const tables: string[] = [];
  for (const load of LOADS) {
    const figures = counts.map(() => [] as Figures[]);
    for (let round = 1; round <= rounds; round++) {
      for (const [i, count] of counts.entries()) {
        const peer = withWorkers(mynah, folder, count);
        figures[i].push(await measure(bench, peer, load));
        console.error(`round ${round} of ${rounds}: ${load.title}: ${count}`);
      }
    }
    const values = (i: number, key: keyof Figures) =>
      figures[i].map((each) => each[key]);
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
    tables.push(`### ${load.title}\n\n${table([head, ...rows])}`);
  }
  return tables.join("\n\n");
}
