/**
 * Compares ways to share the event loop fairly: `fairness/*.ts`, with the tables
 * that are in fairness.md.
 *
 *     deno run -A bench/fairness.ts [--deno COMMAND] [--only VARIANT] [--rounds N] [--seconds S]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { buildC, FOLDER } from "./build.ts";
import { type Bench, measure, type Sample, withoutFar } from "./measure.ts";
import type { Peer } from "./peers.ts";
import { table } from "./report.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { format, formatRatio, summarize } from "./statistics.ts";

/** From nothing, by way of what comes to mind, to what is used. */
const VARIANTS = [
  "bare",
  "microtask",
  "timeout_each",
  "timeout_shared",
  "immediate_shared",
  "channel_shared",
  "round_immediate",
  "round_thread",
  "round_socket",
  "node_net",
  "queue",
];

const COLUMNS = [
  ["least ÷ median", "fairness"],
  ["most ÷ median", "unfairness"],
  ["p99 ÷ share", "p99_shares"],
  ["p99.9 ÷ share", "p999_shares"],
  ["slowest ÷ share", "slowest_shares"],
  ["CPU µs", "cpu"],
] as const;

function scenario(id: string): Scenario {
  return SCENARIOS.find((scenario) => scenario.id === id)!;
}

function peer(name: string, deno: readonly string[]): Peer {
  const flags = ["run", "--no-config", "--no-check", "-A", "--unstable-net"];
  const file = `bench/fairness/${name}.ts`;
  return {
    name,
    maxConnections: 20_000,
    single: true,
    quick: false,
    command: (_role, { echo }) => [...deno, ...flags, file, `${echo}`],
  };
}

/** The figures of one variant. */
interface Figures {
  /** The median of the rounds. */
  median(key: string): number;
  /** The best round: other programs can only make it worse. */
  best(key: string): number;
}

/** Measures every variant in one scenario, round by round. */
async function measureVariants(
  peers: readonly Peer[],
  what: Scenario,
  bench: Bench,
  rounds: number,
): Promise<Figures[]> {
  const samples = peers.map(() => [] as (Sample | undefined)[]);
  for (let round = 1; round <= rounds; round++) {
    for (const [i, peer] of peers.entries()) {
      samples[i].push(await measure(bench, peer, what));
      console.error(`${what.id}, round ${round} of ${rounds}: ${peer.name}`);
    }
  }
  return samples.map(withoutFar).map((runs) => {
    const summary = (key: string) =>
      summarize(runs.map((run) => run?.[key] ?? NaN));
    return {
      median: (key) => summary(key).median,
      best: (key) => summary(key).most,
    };
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      deno: { type: "string", default: Deno.execPath() },
      only: { type: "string", multiple: true, default: VARIANTS },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "1" },
    },
  });
  Deno.chdir(new URL("..", import.meta.url));
  await Deno.mkdir(FOLDER, { recursive: true });
  const netload = await buildC("bench/netload.c");
  const coreDistance = await buildC("bench/core_distance.c");
  const seconds = Number(values.seconds);
  const bench = { netload, coreDistance, seconds, patience: 60 };
  const peers = values.only.map((name) => peer(name, values.deno.split(" ")));
  const rounds = Number(values.rounds);

  const few = await measureVariants(
    peers,
    scenario("tcp-50-64"),
    bench,
    rounds,
  );
  const many = await measureVariants(peers, scenario("fair"), bench, rounds);
  const burst = await measureVariants(peers, scenario("burst"), bench, rounds);
  const head = [
    "",
    "50 conns: messages/s",
    "÷ bare",
    "CPU µs",
    "1,000 conns: messages/s",
    "÷ bare",
    ...COLUMNS.map(([title]) => title),
    "2,000 connects: ms",
  ];
  const rows = peers.map(({ name }, i) => [
    name,
    format(few[i].best("rate")),
    formatRatio(few[i].best("rate") / few[0].best("rate")),
    format(few[i].median("cpu")),
    format(many[i].best("rate")),
    formatRatio(many[i].best("rate") / many[0].best("rate")),
    ...COLUMNS.map(([, key]) => format(many[i].median(key))),
    format(burst[i].median("echoed")),
  ]);
  console.log(table([head, ...rows]));
}
