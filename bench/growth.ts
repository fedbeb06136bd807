/**
 * How cost grows: with connections, and with the size of messages.
 *
 * @module
 */

import { type Bench, measure, type Sample, withoutFar } from "./measure.ts";
import type { Peer } from "./peers.ts";
import { mayOpen } from "./process.ts";
import { table } from "./report.ts";
import type { Scenario } from "./scenarios.ts";
import { format, formatRatio, medianRatio, summarize } from "./statistics.ts";

const CONNECTIONS = [1, 10, 100, 1000, 10_000];
const SIZES = [
  1,
  16,
  64,
  256,
  1024,
  4096,
  16_384,
  65_536,
  262_144,
  1_048_576,
];
/** The connections over which sizes are compared. */
const SIZE_CONNECTIONS = 10;

interface Point {
  readonly label: string;
  readonly scenario: Scenario;
}

function point(connections: number, size: number, label: string): Point {
  return {
    label,
    scenario: {
      id: `growth-${connections}-${size}`,
      title: "",
      role: "tcp",
      how: "load",
      load: ["tcp", "-c", `${connections}`, "-s", `${size}`],
      connections,
      metrics: [],
    },
  };
}

async function growthTable(
  head: string,
  points: readonly Point[],
  peers: readonly Peer[],
  bench: Bench,
  rounds: number,
): Promise<string> {
  const rows = [[
    head,
    ...peers.flatMap(({ name }) =>
      ["messages/s", "MiB/s", "p99 µs", "p99 ÷ fair share", "MiB"]
        .map((unit) => `${name}: ${unit}`)
    ),
    "mynah ÷ bare",
  ]];
  for (const { label, scenario } of points) {
    const samples = peers.map(() => [] as (Sample | undefined)[]);
    for (let round = 0; round < rounds; round++) {
      for (const [i, peer] of peers.entries()) {
        samples[i].push(await measure(bench, peer, scenario));
      }
      console.error(`${head} ${label}: round ${round + 1} of ${rounds}`);
    }
    const shown = samples.map(withoutFar);
    const values = (i: number, key: string) =>
      shown[i].map((sample) => sample?.[key] ?? NaN);
    const median = (i: number, key: string) => summarize(values(i, key)).median;
    rows.push([
      label,
      ...peers.flatMap((_, i) =>
        ["rate", "mib", "p99", "p99_shares", "memory"]
          .map((key) => format(median(i, key)))
      ),
      formatRatio(medianRatio(values(0, "rate"), values(1, "rate"))),
    ]);
  }
  return table(rows);
}

/** Measures mynah and the bare loop as both grow, and returns the tables. */
export async function growth(
  peers: readonly Peer[],
  bench: Bench,
  rounds: number,
): Promise<string> {
  const pair = ["mynah", "bare"]
    .flatMap((is) => peers.find((peer) => peer.is === is) ?? []);
  const connections = await growthTable(
    "connections",
    CONNECTIONS.filter(mayOpen)
      .map((count) => point(count, 64, count.toLocaleString("en"))),
    pair,
    bench,
    rounds,
  );
  const sizes = await growthTable(
    "bytes",
    SIZES.map((size) =>
      point(SIZE_CONNECTIONS, size, size.toLocaleString("en"))
    ),
    pair,
    bench,
    rounds,
  );
  return `### By connections: 64 bytes, one message on the way each

${connections}

### By size: ${SIZE_CONNECTIONS} connections, one message on the way each

${sizes}`;
}
