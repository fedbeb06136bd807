/**
 * What an adversary does to a mynah for longer than a test may take: one attack
 * after the other, each beside clients that check every byte.
 *
 * @module
 */

import {
  connect,
  exchangeTcp,
  UdpClient,
  writeAll,
} from "../tests/support/clients.ts";
import { Flood } from "../tests/support/bad_clients.ts";
import { http } from "../tests/support/admin.ts";
import { run } from "../tests/support/programs.ts";
import { Random } from "../tests/support/random.ts";
import { Mynah } from "../tests/support/mynah.ts";
import { SteadyDatagrams, SteadyStream } from "../tests/support/steady.ts";
import { has, LOOPBACK_NET, UNIX } from "../tests/support/needs.ts";
import { reasonOf } from "../src/base/reason.ts";

/** What an attack works on. */
interface Target {
  readonly mynah: Mynah;
  /** The addresses of the services under attack: TCP and UDP of an echo, then of quotes. */
  readonly attacked: readonly Deno.NetAddr[];
  readonly random: Random;
  /** Whether the attack should go on. */
  readonly going: () => boolean;
}

/** Attacks for as long as it should. Resolves to what it did. */
type Attack = (target: Target) => Promise<string>;

/** How an attack went for those beside it. */
export interface AttackOutcome {
  readonly attack: string;
  readonly done: string;
  /** What the byte-exact clients saw. */
  readonly beside: string;
  readonly memoryMiB: number;
  readonly errors: readonly string[];
}

const MIB = 1024 * 1024;
const listen = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];

/** The services: one that the clients beside use, two that are attacked. */
function config(quotes: Record<string, unknown> = {}): unknown {
  return {
    log: { max_lines_per_second: 100 },
    admin: "127.0.0.1:0",
    shutdown_grace: "1s",
    services: [
      { name: "beside", type: "echo", listen },
      { name: "echo", type: "echo", listen, max_connections: 64 },
      {
        ...{ name: "quotes", type: "qotd", listen, quotes },
        udp_replies_per_second: 10,
      },
    ],
  };
}

/** Connects and leaves, as fast as one address can: a line of the log each. */
async function connections({ attacked: [tcp], going }: Target) {
  let count = 0;
  const bytes = new Uint8Array(5);
  const client = async () => {
    for (; going(); count++) await exchangeTcp(tcp, bytes).catch(() => {});
  };
  await Promise.all(Array.from({ length: 16 }, client));
  return `${count} connections`;
}

/** Holds every connection, sends, and reads nothing. */
async function deafClients({ attacked: [tcp], going }: Target) {
  const clients = await Promise.all(
    Array.from({ length: 64 }, () => connect(tcp)),
  );
  const floods = clients.map((client) => new Flood(client));
  while (going()) await pause(50);
  for (const client of clients) client.close();
  await Promise.all(floods.map(({ ended }) => ended));
  return `${clients.length} clients`;
}

/** Begins requests to admin and never ends them. */
async function endlessHeads({ mynah, going }: Target) {
  const begun = new TextEncoder().encode("GET /metrics HTTP/1.1\r\nX: ");
  let count = 0;
  while (going()) {
    const clients = await Promise.all(Array.from({ length: 100 }, async () => {
      const client = await connect(mynah.admin);
      await writeAll(client, begun).catch(() => {});
      return client;
    }));
    count += clients.length;
    await pause(500);
    for (const client of clients) client.close();
  }
  return `${count} requests`;
}

/** Sends each datagram from another address, for quotes. */
async function newSenders({ attacked, random, going }: Target) {
  const bytes = new Uint8Array(1);
  let count = 0;
  while (going()) {
    const part = () => 1 + random.int(250);
    const hostname = has(LOOPBACK_NET)
      ? `127.${part()}.${part()}.${part()}`
      : "127.0.0.1";
    using client = new UdpClient(attacked[3], { hostname });
    for (let i = 0; i < 3; i++, count++) await client.send(bytes);
  }
  return `${count} datagrams`;
}

/** Has the largest quotes file read again and again. */
async function largeFiles({ mynah, random, going }: Target) {
  const text = Array.from({ length: 900_000 }, (_, i) => `quote ${i}\n%\n`);
  let count = 0;
  for (; going(); count++) {
    text[0] = `${random.int(1_000_000)}\n%\n`;
    mynah.folder.write("quotes.txt", text.join(""));
    mynah.write(config({ file: "quotes.txt" }));
    await expectReload(mynah, 200);
  }
  mynah.write(config());
  await expectReload(mynah, 200);
  return `${count} reloads of ${Math.round(text.join("").length / MIB)} MiB`;
}

/** Puts a pipe without a writer in the place of the config, and asks for reloads. */
async function silentPipe({ mynah, going }: Target) {
  const file = mynah.folder.file("mynah.yaml");
  const good = Deno.readTextFileSync(file);
  Deno.removeSync(file);
  await run(["mkfifo", file]);
  let count = 0;
  for (; going(); count++) {
    mynah.kill("SIGHUP");
    await pause(20);
  }
  // One reload waits for the pipe, and one more for that one.
  for (let i = 0; i < 2; i++) await run(["sh", "-c", `cat > '${file}'`], good);
  Deno.removeSync(file);
  Deno.writeTextFileSync(file, good);
  await expectReload(mynah, 200);
  return `${count} requests to reload`;
}

async function expectReload(mynah: Mynah, expected: number) {
  const { status } = await http(mynah.admin, "POST", "/-/reload");
  if (status !== expected) throw new Error(`reload answered with ${status}`);
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  "connections from one address": connections,
  "clients that do not read": deafClients,
  "requests to admin without an end": endlessHeads,
  "datagrams from new senders": newSenders,
  "the largest quotes file, reloaded": largeFiles,
  ...(has(UNIX) ? { "a config that is a silent pipe": silentPipe } : {}),
};

/** Runs every attack for so many seconds. */
export async function runAttacks(seconds: number): Promise<AttackOutcome[]> {
  const lifeMs = (seconds * Object.keys(ATTACKS).length + 120) * 1000;
  await using mynah = await Mynah.configured(config(), { lifeMs });
  const [tcp, udp, ...attacked] = mynah.addresses;
  const random = new Random();
  const outcomes: AttackOutcome[] = [];
  for (const [attack, work] of Object.entries(ATTACKS)) {
    const stream = await SteadyStream.start(tcp);
    const datagrams = new SteadyDatagrams(udp);
    const end = performance.now() + seconds * 1000;
    const going = () => performance.now() < end;
    const errors: string[] = [];
    const noted = async <T>(promise: Promise<T>): Promise<T | undefined> => {
      try {
        return await promise;
      } catch (error) {
        errors.push(reasonOf(error));
      }
    };
    const done = await noted(work({ mynah, attacked, random, going }));
    const seen = [
      await noted(stream.finish()),
      await noted(datagrams.finish()),
    ];
    const beside = seen.map((figures, i) =>
      `${i === 0 ? "TCP" : "UDP"} ` +
      (figures === undefined
        ? "lost"
        : `${(figures.bytes / MIB).toFixed(1)} MiB, longest wait ${
          (figures.longestWait / 1000).toFixed(2)
        } s`)
    );
    outcomes.push({
      attack,
      done: done ?? "broke off",
      beside: beside.join("; "),
      memoryMiB: Math.round(mynah.memory() / MIB),
      errors,
    });
  }
  const code = await mynah.stop();
  if (code !== 0) throw new Error(`mynah ended with ${code}`);
  return outcomes;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
