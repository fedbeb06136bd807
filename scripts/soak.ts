/**
 * `deno task soak [--seconds N] [--clients N] [--attack-seconds N]`: runs mynah
 * (the source, or what `MYNAH_BIN` names) for a while with faults injected, and
 * then under one attack after the other, beside clients that check every byte.
 * Prints figures; exits with 1 when a byte was lost, or when mynah did not end well.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { connect } from "../tests/support/clients.ts";
import { Flood } from "../tests/support/bad_clients.ts";
import { readMetrics } from "../tests/support/admin.ts";
import { Mynah } from "../tests/support/mynah.ts";
import {
  type Figures,
  SteadyDatagrams,
  SteadyStream,
} from "../tests/support/steady.ts";
import { runAttacks } from "./soak_attacks.ts";
import { type Faults, injectFaults, soakConfig } from "./soak_faults.ts";
import { reasonOf } from "../src/base/reason.ts";

const SLOW_READERS = 10;
const MIB = 1024 * 1024;

/** What the clients saw. */
interface Outcome {
  readonly figures: readonly Figures[];
  readonly lost: number;
  readonly errors: readonly string[];
}

async function finish(
  clients: readonly (SteadyStream | SteadyDatagrams)[],
): Promise<Outcome> {
  const figures: Figures[] = [];
  const errors: string[] = [];
  let lost = 0;
  for (const client of clients) {
    try {
      figures.push(await client.finish());
    } catch (error) {
      lost += client.missing;
      errors.push(reasonOf(error));
    }
  }
  return { figures, lost, errors };
}

function describe({ figures }: Outcome): string {
  const bytes = figures.reduce((sum, figure) => sum + figure.bytes, 0);
  const wait = Math.max(0, ...figures.map(({ longestWait }) => longestWait));
  return `${figures.length} clients, ${
    (bytes / MIB).toFixed(1)
  } MiB, longest wait ${(wait / 1000).toFixed(2)} s`;
}

function print(rows: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(rows)) {
    console.log(`${name.padEnd(14)}${value}`);
  }
}

/** Runs it all. Returns whether nothing was lost. */
async function soak(seconds: number, count: number): Promise<boolean> {
  await using mynah = await Mynah.configured(soakConfig(0), {
    lifeMs: (seconds + 120) * 1000,
  });
  const [tcp, udp] = mynah.addresses;
  const memory = async () =>
    (await readMetrics(mynah.admin)).value("process_resident_memory_bytes");
  const memoryBefore = await memory();

  const streams = await Promise.all(
    Array.from({ length: count }, () => SteadyStream.start(tcp)),
  );
  const datagrams = Array.from(
    { length: Math.ceil(count / 4) },
    () => new SteadyDatagrams(udp),
  );
  const slow = await Promise.all(
    Array.from({ length: SLOW_READERS }, () => connect(tcp)),
  );
  const floods = slow.map((client) => new Flood(client));

  const faults: Faults = await injectFaults(mynah, seconds);

  const overTcp = await finish(streams);
  const overUdp = await finish(datagrams);
  const memoryAfter = await memory();
  const code = await mynah.stop();
  await Promise.all(floods.map(({ ended }) => ended));
  for (const client of slow) client.close();

  const lost = overTcp.lost + overUdp.lost + faults.lost;
  print({
    "seconds": seconds,
    "seed": faults.seed,
    "TCP": describe(overTcp),
    "UDP": describe(overUdp),
    "short clients": faults.shortClients,
    "slow readers": SLOW_READERS,
    "faults": faults.injected,
    "datagrams": `${faults.flooded} in floods`,
    "reloads": `${faults.reloads.good} good, ${faults.reloads.bad} bad`,
    "memory": `${Math.round(memoryBefore / MIB)} MiB before, ${
      Math.round(memoryAfter / MIB)
    } MiB after`,
    "bytes lost": lost,
    "exit code": code,
  });
  for (
    const error of [...overTcp.errors, ...overUdp.errors, ...faults.errors]
  ) {
    console.log(`error         ${error}`);
  }
  const isWell = code === 0 && !/\bbug\b|panic/.test(mynah.log);
  if (!isWell) console.log(mynah.log);
  return isWell && lost === 0 && overTcp.errors.length === 0 &&
    overUdp.errors.length === 0 && faults.errors.length === 0;
}

/** Runs the attacks. Returns whether nobody beside them lost anything. */
async function attack(seconds: number): Promise<boolean> {
  const outcomes = await runAttacks(seconds);
  for (const { attack, done, beside, memoryMiB, errors } of outcomes) {
    console.log(`\nattack        ${attack}`);
    print({ "": done, "beside": beside, "memory": `${memoryMiB} MiB after` });
    for (const error of errors) console.log(`error         ${error}`);
  }
  return outcomes.every(({ errors }) => errors.length === 0);
}

function positive(text: string, name: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`Cannot use --${name} "${text}": expected a whole number`);
  Deno.exit(64);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "60" },
      clients: { type: "string", default: "20" },
      "attack-seconds": { type: "string", default: "10" },
    },
  });
  const isGood = await soak(
    positive(values.seconds, "seconds"),
    positive(values.clients, "clients"),
  );
  const isUnharmed = await attack(
    positive(values["attack-seconds"], "attack-seconds"),
  );
  Deno.exit(isGood && isUnharmed ? 0 : 1);
}
