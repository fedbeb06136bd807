import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { assertNear } from "../support/assertions.ts";
import { Mynah } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import {
  has,
  NETEM,
  NETWORK_NAMESPACE,
  ROOT,
  testWith,
  TUN,
} from "../support/needs.ts";
import { FAR, NEAR } from "./tun_path.ts";

/** So many that none of what is set could be missing within the error. */
const MESSAGES = 3000;
const PORT = 7777;
const LOSS = 0.03;
const DUPLICATION = 0.01;
const REORDERING = 0.02;
const DELAY_MS = 5;
/** By how much two clocks may see a delay as shorter than it is set. */
const EARLY_MS = 1;
/** So many standard deviations off, and it is no accident: one in a million. */
const SIGMAS = 5;

/** Asserts that of `n` independent tries, each with a chance of `p`, so many may well succeed. */
function assertBinomial(
  count: number,
  n: number,
  p: number,
  what: string,
): void {
  const error = SIGMAS * Math.sqrt(n * p * (1 - p));
  assert(error < n * p, "too few to tell");
  assert(
    Math.abs(count - n * p) <= error,
    `${what}: ${count} of ${n}, not ${n * p} ± ${error.toFixed(1)}`,
  );
}

/** A network of its own, as long as a process in it lives. */
class Network implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  /** What runs a command line in it. */
  readonly through: readonly string[];

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.through = networkOf(child.pid);
  }

  /** Makes a network in which a program runs, and waits until it says that it is ready. */
  static async of(...command: readonly string[]): Promise<Network> {
    const [program, ...args] = [...inNewNetwork(), ...command];
    const child = new Deno.Command(program, { args, stdout: "piped" }).spawn();
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    assertEquals(new TextDecoder().decode(value), "ready\n");
    return new Network(child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Runs a command line, of words without spaces. */
  async do(command: string): Promise<void> {
    const { code, stderr } = await run([
      ...this.through,
      ...command.split(" "),
    ]);
    assertEquals(code, 0, `${command}: ${stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

function serveEcho(hostname: string, through: readonly string[]) {
  return Mynah.configured(
    `
services:
  - name: echo
    type: echo
    listen: udp://${hostname}:${PORT}
    udp_replies_per_second: 1000000
`,
    { through },
  );
}

/** What both programs say of a path. */
interface Figures {
  readonly received: number;
  readonly duplicated: number;
}

/** What mynah alone says, too. */
interface Summary extends Figures {
  readonly out_of_order: number;
  readonly rtt_ms: { readonly min: number };
}

/** Has mynah and ping measure the same path at the same time, and holds the figures against what the path does. */
async function measure(
  hostname: string,
  through: readonly string[],
): Promise<{ mynah: Summary; ping?: Figures }> {
  const target = `udp://${hostname}:${PORT}`;
  const options = ["-q", "-c", `${MESSAGES}`, "-i", "0.002"];
  const [mynah, ping] = await Promise.all([
    runMynah(["ping", ...options, "--json", target], { through }),
    has("ping")
      ? run([...through, "ping", ...options, hostname], "", 60_000)
      : undefined,
  ]);
  assertEquals(mynah.stderr, "");
  const summary = JSON.parse(mynah.stdout);
  assertEquals([summary.sent, summary.damaged, summary.stray], [
    MESSAGES,
    0,
    0,
  ]);
  assertFigures(summary, "mynah");
  const pinged = ping && readPing(ping.text);
  if (pinged) assertFigures(pinged, "ping");
  return { mynah: summary, ping: pinged };
}

function assertFigures({ received, duplicated }: Figures, who: string): void {
  assertBinomial(MESSAGES - received, MESSAGES, LOSS, `lost, by ${who}`);
  assertBinomial(duplicated, received, DUPLICATION, `duplicated, by ${who}`);
}

function readPing(text: string): Figures {
  assertMatch(text, new RegExp(`${MESSAGES} packets transmitted`));
  const [, received] = /, (\d+) received/.exec(text)!;
  const [, duplicated = "0"] = /\+(\d+) duplicates/.exec(text) ?? [];
  return { received: Number(received), duplicated: Number(duplicated) };
}

testWith(
  [NETWORK_NAMESPACE, TUN, "nsenter"],
  "mynah's and ping's figures are what a path of IP packets does",
  async () => {
    const path = JSON.stringify({
      seed: 3,
      loss: LOSS,
      duplicate: DUPLICATION,
      reorder: REORDERING,
      delayMs: DELAY_MS,
    });
    const script = fileURLToPath(import.meta.resolve("./tun_path.ts"));
    await using network = await Network.of(
      Deno.execPath(),
      "run",
      "-A",
      script,
      path,
    );
    await using _mynah = await serveEcho(NEAR, network.through);
    const { mynah, ping } = await measure(FAR, network.through);
    const { received, duplicated, out_of_order } = mynah;
    assertBinomial(out_of_order, received, REORDERING, "out of order");
    assertGreater(mynah.rtt_ms.min, DELAY_MS - EARLY_MS);
    if (!ping) return;
    // The path does the same to both, but for what it holds back for a moment.
    assertNear(ping.received, received, 3);
    assertNear(ping.duplicated, duplicated, 3);
  },
);

testWith(
  // Two networks that root alone may join.
  [ROOT, NETWORK_NAMESPACE, NETEM, "nsenter"],
  "mynah's and ping's figures are what tc netem is set to",
  async () => {
    const wait = ["sh", "-c", "echo ready; exec sleep 300"];
    await using near = await Network.of(...wait);
    await using far = await Network.of(...wait);
    await near.do(
      `ip link add near0 type veth peer name far0 netns ${far.pid}`,
    );
    await near.do(`ip address add ${NEAR}/24 dev near0`);
    await near.do("ip link set near0 up");
    await far.do(`ip address add ${FAR}/24 dev far0`);
    await far.do("ip link set far0 up");
    // On the way back alone. Two percent wait, and are overtaken: to "reorder" is not to wait.
    await far.do(
      `tc qdisc add dev far0 root netem delay ${DELAY_MS}ms reorder 98% loss 3% duplicate 1%`,
    );
    await using _mynah = await serveEcho(FAR, far.through);
    const { mynah } = await measure(FAR, near.through);
    assert(mynah.out_of_order > 0);
  },
);
