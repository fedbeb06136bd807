/**
 * `deno task bench`: mynah beside what one would run instead.
 *
 * Runs every server that this machine has, in turn and interleaved, on a core
 * of its own where there are two, and prints medians with their spread, each
 * also as a ratio to a bare `Deno.listen` loop on the same Deno and to a C
 * server. Everything goes over loopback. What it needs is `cc`; what else it
 * finds, it compares: see `peers.ts` for who, and `scenarios.ts` for what.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { buildC, BuildError, buildMynah, FOLDER } from "./build.ts";
import { growth } from "./growth.ts";
import { machine } from "./machine.ts";
import {
  type Bench,
  DISTURBED,
  measure,
  type Sample,
  withoutFar,
} from "./measure.ts";
import { findPeers, type Peer } from "./peers.ts";
import { mayOpen } from "./process.ts";
import { byScenario, remarks, type Result, scenarioTable } from "./report.ts";
import { scaling } from "./scaling.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { format } from "./statistics.ts";
import { draw } from "./svg.ts";

const HELP = `Usage: deno task bench [OPTIONS]

  --quick          a minute in all: one round, short runs, fewer servers
  --only SCENARIO  one scenario; may be given again
  --rounds N       rounds of the whole (5)
  --seconds S      how long one run lasts (2)
  --growth         instead: how throughput, latency and memory of mynah and of
                   a bare Deno loop change with connections and message sizes
  --scaling        instead: what workers are worth
  --output FOLDER  where results.md and results.svg, growth.md or scaling.md are written;
                   absent: bench, and nowhere with --quick or --only

Scenarios: ${SCENARIOS.map(({ id }) => id).join(" ")}
`;

interface Options {
  readonly scenarios: readonly Scenario[];
  readonly quick: boolean;
  readonly growth: boolean;
  readonly scaling: boolean;
  readonly output?: string;
  readonly rounds: number;
  readonly seconds: number;
}

/** Reads the command line; throws a `TypeError` for what is not known. */
function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      quick: { type: "boolean", default: false },
      growth: { type: "boolean", default: false },
      scaling: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      output: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
    },
  });
  if (values.help) return;
  const { quick, growth, scaling, only } = values;
  const output = values.output ?? (quick || only ? undefined : "bench");
  const unknown = only?.find((id) => !SCENARIOS.some((one) => one.id === id));
  if (unknown) throw new TypeError(`Unknown scenario "${unknown}"`);
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  const seconds = Number(values.seconds ?? (quick ? 0.3 : 2));
  if (!(rounds >= 1 && seconds > 0)) {
    throw new TypeError("--rounds and --seconds need a number above 0");
  }
  const scenarios = SCENARIOS.filter(({ id, long }) =>
    only ? only.includes(id) : !(quick && long)
  );
  return { scenarios, quick, growth, scaling, output, rounds, seconds };
}

/** Runs every server in every scenario, round by round. */
async function measureAll(
  peers: readonly Peer[],
  scenarios: readonly Scenario[],
  bench: Bench,
  rounds: number,
): Promise<Result[]> {
  const results = scenarios.flatMap((scenario) =>
    peers.filter(({ maxConnections }) => maxConnections >= scenario.connections)
      .map((peer) => ({
        scenario,
        peer,
        samples: [] as (Sample | undefined)[],
      }))
  );
  for (let round = 1; round <= rounds; round++) {
    for (const group of byScenario(results)) {
      const note = `round ${round} of ${rounds}: ${group[0].scenario.id}`;
      for (const result of group) {
        result.samples.push(await measureNoted(result, bench, note));
      }
    }
  }
  return results.filter(({ samples }) => samples.some(Boolean));
}

/** Measures, and says how it went. */
async function measureNoted(
  { scenario, peer }: Result,
  bench: Bench,
  note: string,
): Promise<Sample | undefined> {
  try {
    const sample = await measure(bench, peer, scenario);
    if (sample === undefined) return;
    const [{ key, unit }] = scenario.metrics;
    console.error(
      `${note}: ${peer.name}: ${format(sample[key])} ${unit}, ` +
        `cores ${format(sample.distance)} ns apart`,
    );
    return sample;
  } catch (error) {
    console.error(`${note}: ${peer.name}: ${error}`);
  }
}

/** Leaves out what needs more open files than this system allows. */
function withinLimits(scenarios: readonly Scenario[]): readonly Scenario[] {
  return scenarios.filter(({ id, connections }) => {
    if (mayOpen(connections)) return true;
    console.error(`Leaving out "${id}": too few files may be open (ulimit -n)`);
    return false;
  });
}

async function bench(options: Options): Promise<void> {
  const { rounds, seconds, quick, output } = options;
  await Deno.mkdir(FOLDER, { recursive: true });
  const netload = await buildC("bench/netload.c");
  const coreDistance = await buildC("bench/core_distance.c");
  const mynah = await buildMynah();
  const folder = await Deno.makeTempDir({ prefix: "bench-" });
  try {
    const found = await findPeers(mynah, folder);
    const peers = quick ? found.filter((peer) => peer.quick) : found;
    const setting = { netload, coreDistance, seconds, tries: quick ? 1 : 3 };
    const where = await machine(rounds, seconds, !options.scaling);
    const write = async (name: string, title: string, tables: string) => {
      const text = `# ${title}\n\n${where.text}\n\n${tables}\n`;
      console.log(text);
      if (output) await Deno.writeTextFile(`${output}/${name}.md`, text);
    };
    if (options.growth) {
      const tables = await growth(peers, setting, rounds);
      return await write("growth", "How cost grows", tables);
    }
    if (options.scaling) {
      const [mynah] = peers;
      const tables = await scaling(mynah, setting, { rounds, folder });
      return await write("scaling", "What workers are worth", tables);
    }
    const scenarios = withinLimits(options.scenarios);
    const results = await measureAll(peers, scenarios, setting, rounds);
    const shown = results.map((result) => ({
      ...result,
      samples: withoutFar(result.samples),
    }));
    const tables = [
      ...remarks(results, DISTURBED),
      ...byScenario(shown).map(scenarioTable),
    ];
    await write("results", "Results", tables.join("\n\n"));
    if (!output) return;
    const picture = draw(shown, where.caption);
    await Deno.writeTextFile(`${output}/results.svg`, picture);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the bench, and returns the exit code. */
async function main(args: string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    return 64;
  }
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  try {
    await bench(options);
    return 0;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) {
  Deno.chdir(new URL("..", import.meta.url));
  Deno.exit(await main(Deno.args));
}
