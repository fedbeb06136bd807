import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { exchangeUdp, UdpClient } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { type Metrics, metricsWhen, readMetrics } from "../support/admin.ts";
import {
  LOOPBACK_NET,
  LOW_PORTS,
  RAW_SOCKETS,
  testWith,
} from "../support/needs.ts";
import { fileURLToPath } from "node:url";
import { run } from "../support/programs.ts";

/** Datagrams to be forged. */
interface Forged {
  /** Who is to get the answers: an address, or another one of 127.0.0.0/8 for each. */
  readonly source: string | "random";
  readonly sourcePort: number;
  readonly to: Deno.NetAddr;
  readonly count: number;
}

/** Sends numbered datagrams. */
async function forge(
  { source, sourcePort, to, count }: Forged,
): Promise<void> {
  const program = fileURLToPath(import.meta.resolve("./forge.py"));
  const args = [source, sourcePort, to.hostname, to.port, count].map(String);
  const { code, stderr } = await run(["python3", program, ...args]);
  if (code !== 0) throw new Error(stderr);
}

const HELLO = new TextEncoder().encode("hello");
const MIB = 1024 * 1024;
/** Nobody else's tests send from here, not even these when they run twice on one machine. */
const ELSEWHERE = `127.77.${Deno.pid >> 8 & 0xff}.${Deno.pid & 0xff}`;

function service(settings: string, type = "echo"): string {
  return `{ name: ${type}, type: ${type}, listen: "udp://127.0.0.1:0", ${settings} }`;
}

function serve(...services: readonly string[]): Promise<Mynah> {
  return Mynah.configured(`
admin: 127.0.0.1:0
services: [${services.join(", ")}]
`);
}

function received(metrics: Metrics): number {
  return metrics.sum("mynah_datagrams_received_total");
}

function numbered(i: number): Uint8Array {
  return new TextEncoder().encode(`datagram ${i}`);
}

/** Sends from a port on an address of its own. Fails unless the datagram is dropped, for this reason, without a word. */
async function assertSilent(
  mynah: Mynah,
  to: Deno.NetAddr,
  port: number,
  reason: string,
): Promise<void> {
  using client = new UdpClient(to, { hostname: ELSEWHERE, port });
  const before = (await readMetrics(mynah.admin)).dropped(reason);
  await client.send(HELLO);
  await metricsWhen(mynah, (metrics) => metrics.dropped(reason) > before);
  assert(await client.heardNothing());
}

testWith(
  [LOOPBACK_NET, LOW_PORTS],
  "a source port below 1024 gets no answer",
  async () => {
    await using mynah = await serve(service(""));
    for (const port of [7, 17, 19, 53, 123, 1023]) {
      await assertSilent(mynah, mynah.address("udp"), port, "source_port");
    }
  },
);

testWith(
  [LOOPBACK_NET],
  "the port of a well-known responder gets no answer, its neighbors do",
  async () => {
    await using mynah = await serve(service(""));
    const to = mynah.address("udp");
    for (const port of [1434, 1900, 4500, 8472, 11211, 27050]) {
      await assertSilent(mynah, to, port, "source_port");
      const local = { hostname: ELSEWHERE, port: port + 1 };
      using neighbor = new UdpClient(to, local);
      await neighbor.send(HELLO);
      assertEquals(await neighbor.receive(), HELLO);
    }
  },
);

testWith(
  [LOOPBACK_NET],
  "a source port below udp_min_client_port gets no answer, also after a reload of it",
  async () => {
    const config = (min: number) =>
      `{ admin: "127.0.0.1:0", services: [${
        service(`udp_min_client_port: ${min}`)
      }] }`;
    await using mynah = await Mynah.configured(config(32_768));
    const to = mynah.address("udp");
    async function assertAnswered(port: number): Promise<void> {
      using client = new UdpClient(to, { hostname: ELSEWHERE, port });
      await client.send(HELLO);
      assertEquals(await client.receive(), HELLO);
    }
    await assertSilent(mynah, to, 32_767, "source_port");
    await assertAnswered(32_768);
    await mynah.reload(config(49_152));
    await assertSilent(mynah, to, 49_151, "source_port");
    await assertAnswered(49_152);
  },
);

testWith(
  [LOOPBACK_NET],
  "the port of any of mynah's own UDP addresses gets no answer",
  async () => {
    await using mynah = await serve(service(""), service("", "qotd"));
    const [echo, quotes] = mynah.addresses;
    for (const to of [echo, quotes]) {
      for (const { port } of [echo, quotes]) {
        await assertSilent(mynah, to, port, "own_port");
      }
    }
    assertEquals(await exchangeUdp(echo, HELLO), HELLO);
  },
);

/** Pointed at each other by forged datagrams, two mynahs fall silent. Returns how many they received until then. */
async function receivedInLoops(
  services: readonly [string, string],
  loops: number,
): Promise<number> {
  await using a = await serve(services[0]);
  await using b = await serve(services[1]);
  const { hostname: source, port: sourcePort } = b.address("udp");
  await forge({ source, sourcePort, to: a.address("udp"), count: loops });

  // As many have gone unanswered as were forged: none is on its way any more.
  async function both(count: (metrics: Metrics) => number): Promise<number> {
    return count(await readMetrics(a.admin)) +
      count(await readMetrics(b.admin));
  }
  // However slow the machine is: what must end is counted, not timed.
  while (await both((metrics) => metrics.dropped()) < loops) {
    assertLess(await both(received), loops * 20_000, "the two go on");
  }
  const count = await both(received);
  for (const mynah of [a, b]) {
    // The budget of the address that both have may be spent.
    using client = new UdpClient(mynah.address("udp"), { hostname: ELSEWHERE });
    await client.send(HELLO);
    await client.receive();
  }
  assertEquals(await both(received), count + 2);
  return count;
}

testWith(
  [RAW_SOCKETS],
  "two mynahs that one forged datagram points at each other fall silent",
  async () => {
    const received = await receivedInLoops([service(""), service("")], 1);
    assertGreater(received, 1000);
  },
);

testWith(
  [RAW_SOCKETS],
  "two mynahs with a budget fall silent when it is spent",
  async () => {
    const limited = service("udp_replies_per_second: 50");
    assertLess(await receivedInLoops([limited, limited], 1), 1000);
  },
);

testWith(
  [RAW_SOCKETS],
  "two mynahs fall silent when many forged datagrams go round at once",
  async () => {
    await receivedInLoops([service(""), service("")], 100);
  },
);

testWith(
  [RAW_SOCKETS],
  "an echo and a quote server pointed at each other fall silent",
  async () => {
    const quotes = service("quotes: { pick: random }", "qotd");
    await receivedInLoops([service(""), quotes], 1);
  },
);

Deno.test("a flood from one source does not change what another gets", async () => {
  await using mynah = await serve(service("udp_replies_per_second: 20"));
  const to = mynah.address("udp");
  using flood = new UdpClient(to, { hostname: ELSEWHERE });
  using other = new UdpClient(to);
  const ROUNDS = 40;
  for (let round = 0; round < ROUNDS; round++) {
    // Not more than fit into the system's queue for the socket.
    for (let i = 0; i < 50; i++) await flood.send(numbered(i));
    await other.send(numbered(round));
    assertEquals(await other.receive(), numbered(round));
  }
  assertGreater((await readMetrics(mynah.admin)).dropped("rate"), 1000);
});

testWith(
  [LOOPBACK_NET],
  "thousands of sources do not silence one that was there before",
  async () => {
    await using mynah = await serve(service("udp_replies_per_second: 2"));
    const to = mynah.address("udp");
    using client = new UdpClient(to);
    async function ask(i: number): Promise<void> {
      await client.send(numbered(i));
      assertEquals(await client.receive(), numbered(i));
    }
    await ask(0);
    // Only who comes a third time, each a second after the other, has been there before.
    for (const round of [1, 2]) {
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await ask(round);
    }
    let sources = 0;
    for (let round = 3; round < 6; round++) {
      while (sources < 1000 * (round - 2)) {
        // Not more than fit into the system's queue for the socket.
        for (const end = sources + 100; sources < end; sources++) {
          const hostname = `127.80.${sources >> 8}.${sources & 255}`;
          using source = new UdpClient(to, { hostname });
          await source.send(HELLO);
        }
        const all = sources + round;
        await metricsWhen(mynah, (metrics) => received(metrics) === all);
      }
      await ask(round);
    }
    assertGreater((await readMetrics(mynah.admin)).dropped("newcomers"), 100);
  },
);

testWith(
  [RAW_SOCKETS],
  "thousands of forged sources do not fill the memory",
  async () => {
    await using mynah = await serve(service("udp_replies_per_second: 1000000"));
    const to = mynah.address("udp");
    const before = mynah.memory();
    await forge({ source: "random", sourcePort: 40_000, to, count: 50_000 });
    // The rest did not fit into the queue of the socket: how many depends on the machine.
    assertGreater(received(await readMetrics(mynah.admin)), 1_000);
    assertLess(mynah.memory() - before, 64 * MIB);
    assertEquals(await mynah.stop(), 0);
  },
);
