import { fileURLToPath } from "node:url";
import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { Mynah } from "../support/mynah.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import { Metrics } from "../support/admin.ts";
import {
  NAMESPACE_IPV6,
  NETWORK_NAMESPACE,
  RAW_SOCKETS,
  testWith,
} from "../support/needs.ts";

const PORT = 7007;
const SECONDS = 5;
const FORGER = fileURLToPath(import.meta.resolve("./absent_neighbours.py"));

/** What the shipped settings set for every interface, for the one of the test. */
const SETTINGS = Deno.readTextFileSync(
  new URL("../../deploy/sysctl.d/60-mynah.conf", import.meta.url),
).split("\n").filter((line) => /^[^#]*=/.test(line)).map((line) =>
  `sysctl -qw '${line.replace(/ *= */, "=").replace(".default.", ".near.")}'\n`
).join("");

/** A network with one host in it, for as long as it is not disposed of. */
class Host implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor() {
    const [program, ...args] = [...inNewNetwork("echo ready"), "cat"];
    this.#child = new Deno.Command(program, {
      args,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
  }

  /** Resolves when the network is there. */
  static async start(): Promise<Host> {
    const host = new Host();
    const reader = host.#child.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    return host;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Runs a command line there. Returns what it prints. */
  async run(command: readonly string[]): Promise<string> {
    const result = await run([...networkOf(this.pid), ...command]);
    if (result.code !== 0) throw new Error(result.stderr);
    return result.text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.stdout.cancel();
    await this.#child.status;
  }
}

/** Runs the command line given to it in a new network that has one link, to a host. */
function besides({ pid }: Host, more = ""): readonly string[] {
  return inNewNetwork(`
ip link add near type veth peer name far netns ${pid}
ip address add 10.9.0.1/24 dev near
ip address add fd00:9::1/64 dev near nodad
ip link set near up
${more}`);
}

/** What came of an attack. */
interface Outcome {
  /** The share of a client's questions that were answered while it lasted. */
  readonly share: number;
  readonly metrics: Metrics;
  readonly log: string;
}

/** Asks on an address while absent hosts ask too, from 64 addresses in turn. */
async function attack(
  address: string,
  firstForged: string,
  { setUp, setUpClient = "" }: {
    setUp?: string;
    setUpClient?: string;
  } = {},
): Promise<Outcome> {
  await using host = await Host.start();
  await using mynah = await Mynah.configured(
    `
admin: 127.0.0.1:9090
services: [{ name: one, type: echo, listen: "udp://*:${PORT}" }]
`,
    { through: besides(host, setUp) },
  );
  await host.run([
    ...["sh", "-c"],
    `set -e
ip address add 10.9.0.2/24 dev far
ip address add fd00:9::2/64 dev far nodad
ip link set far up
${setUpClient}`,
  ]);
  const args = [address, PORT, 64, SECONDS, firstForged].map(String);
  const [asked, answered] = (await host.run(["python3", FORGER, ...args]))
    .split(" ").map(Number);
  const { text } = await run([
    ...networkOf(mynah.pid),
    ...[
      "python3",
      "-c",
      `import urllib.request as request
print(request.urlopen("http://127.0.0.1:9090/metrics").read().decode())`,
    ],
  ]);
  const metrics = new Metrics(text);
  return { share: answered / asked, metrics, log: mynah.log };
}

/** The same, so that more than a share is answered. A busy machine loses datagrams of its own: then it is done again. */
async function attackInVain(
  share: number,
  ...attacked: Parameters<typeof attack>
): Promise<Outcome> {
  let outcome = await attack(...attacked);
  for (let left = 2; left > 0 && outcome.share <= share; left--) {
    outcome = await attack(...attacked);
  }
  assertGreater(outcome.share, share);
  return outcome;
}

const NEEDS = [
  NETWORK_NAMESPACE,
  NAMESPACE_IPV6,
  RAW_SOCKETS,
  "ip",
  "nsenter",
  "python3",
  "sysctl",
];

for (
  const [address, firstForged] of [
    ["10.9.0.1", "10.9.0.100"],
    ["fd00:9::1", "fd00:9::100"],
  ]
) {
  const name =
    `hosts that are not there do not silence one that is: ${address}`;

  testWith(NEEDS, name, async () => {
    const { metrics, log } = await attackInVain(0.9, address, firstForged);
    assertGreater(metrics.dropped("send_blocked"), 100);
    assertEquals(
      metrics.sum("mynah_datagrams_received_total"),
      metrics.answered + metrics.dropped(),
    );
    assertMatch(log, /datagram not answered .*reason=send_blocked/);
  });

  testWith(NEEDS, `${name}, with the sysctl settings`, async () => {
    await attackInVain(0.99, address, firstForged, { setUp: SETTINGS });
  });
}

/** As behind a firewall: nothing comes back to who connects. */
const NO_TCP = "ip rule add prio 1 ipproto tcp blackhole";

testWith(
  NEEDS,
  "a host that answers no TCP is not taken for absent",
  async () => {
    await attackInVain(0.9, "10.9.0.1", "10.9.0.100", { setUpClient: NO_TCP });
  },
);

/** Routed to the link, which no address of this machine shows. */
const UNSEEN = "ip route add 10.10.0.0/24 dev near";

testWith(
  NEEDS,
  "answers that wait in a full buffer are counted as such, and it recovers",
  async () => {
    const { metrics, log } = await attack("10.9.0.1", "10.10.0.1", {
      setUp: UNSEEN,
    });
    assertGreater(metrics.dropped("send_blocked"), 100);
    assertMatch(log, /datagram not answered .*reason=send_blocked/);
  },
);

testWith(
  NEEDS,
  "with the sysctl settings, hosts of a link that no address shows do no harm either",
  async () => {
    const setUp = `${UNSEEN}\n${SETTINGS}`;
    await attackInVain(0.99, "10.9.0.1", "10.10.0.1", { setUp });
  },
);
