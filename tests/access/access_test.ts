import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { exchangeTcp, UdpClient } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { run } from "../support/programs.ts";
import { metricsWhen, readMetrics } from "../support/admin.ts";
import { IPV6, LOOPBACK_NET, testWith } from "../support/needs.ts";

const NOTHING = new Uint8Array();
const HELLO = new TextEncoder().encode("hello");
const LOCALHOST = "127.0.0.1";

/** An echo on one address with these rules, and an admin address. */
function serveGuarded(listen: string, rules: string): Promise<Mynah> {
  return Mynah.configured(`
admin: 127.0.0.1:0
services: [{ name: guarded, type: echo, listen: "${listen}", ${rules} }]
`);
}

/** What a client gets back; nothing when it is refused, whether it sees an end or a reset. */
async function echoed(
  mynah: Mynah,
  hostname: string,
): Promise<Uint8Array> {
  const { port } = mynah.address("tcp");
  try {
    return await exchangeTcp({ transport: "tcp", hostname, port }, HELLO);
  } catch (error) {
    if (
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe
    ) return NOTHING;
    throw error;
  }
}

/** Sends a datagram from each of these addresses, and says which ones got it back. */
async function answered(
  mynah: Mynah,
  hostnames: readonly string[],
): Promise<string[]> {
  const server = { ...mynah.address("udp"), hostname: LOCALHOST };
  const found: string[] = [];
  for (const [sent, hostname] of hostnames.entries()) {
    using client = new UdpClient(server, { hostname });
    await client.send(HELLO);
    await metricsWhen(
      mynah,
      (metrics) => metrics.answered + metrics.dropped() > sent,
    );
    if (!await client.heardNothing()) found.push(hostname);
  }
  return found;
}

Deno.test("a TCP client that is denied is closed at once, counted and logged", async () => {
  await using mynah = await serveGuarded(
    "tcp://127.0.0.1:0",
    "deny: [127.0.0.1]",
  );
  assertEquals(await echoed(mynah, LOCALHOST), NOTHING);
  await mynah.line(
    /connection refused service=guarded address=tcp:\S+ client=127\.0\.0\.1:\d+ reason=denied$/,
  );
  assertEquals((await readMetrics(mynah.admin)).refused("denied"), 1);
});

testWith(
  [IPV6],
  "an IPv6 client is denied, and an IPv4 one is served",
  async () => {
    await using mynah = await serveGuarded("tcp://*:0", 'deny: ["::1"]');
    assertEquals(await echoed(mynah, "::1"), NOTHING);
    assertEquals(await echoed(mynah, LOCALHOST), HELLO);
    await mynah.line(
      /connection refused service=guarded address=tcp:\S+ client=\[::1\]:\d+ reason=denied$/,
    );
    const metrics = await readMetrics(mynah.admin);
    assertEquals(metrics.refused("denied"), 1);
    assertEquals(metrics.refused(), 1);
    assertEquals(metrics.sum("mynah_connections_accepted_total"), 1);
  },
);

testWith(
  [IPV6],
  "an IPv4 client of an IPv6 socket falls under the IPv4 rules",
  async () => {
    await using mynah = await serveGuarded("tcp://*:0", "allow: [127.0.0.0/8]");
    assertEquals(await echoed(mynah, LOCALHOST), HELLO);
    assertEquals(await echoed(mynah, "::1"), NOTHING);
  },
);

Deno.test("a mapped rule holds for an IPv4 client", async () => {
  const rules = 'deny: ["::ffff:127.0.0.0/104"]';
  await using mynah = await serveGuarded("tcp://127.0.0.1:0", rules);
  assertEquals(await echoed(mynah, LOCALHOST), NOTHING);
});

testWith(
  [LOOPBACK_NET, "nc"],
  "TCP rules tell addresses of one network apart",
  async () => {
    const rules = "allow: [127.0.0.64/26], deny: [127.0.0.66]";
    await using mynah = await serveGuarded("tcp://*:0", rules);
    async function ask(from: string): Promise<string> {
      const port = String(mynah.address("tcp").port);
      return (await run(["nc", "-N", "-s", from, LOCALHOST, port], "hi")).text;
    }
    assertEquals(await ask("127.0.0.63"), "");
    assertEquals(await ask("127.0.0.64"), "hi");
    assertEquals(await ask("127.0.0.66"), "");
    assertEquals(await ask("127.0.0.127"), "hi");
    assertEquals(await ask("127.0.0.128"), "");
    assertEquals((await readMetrics(mynah.admin)).refused("denied"), 3);
  },
);

testWith(
  [LOOPBACK_NET],
  "UDP rules tell addresses of one network apart, and who is refused hears nothing",
  async () => {
    const rules = "allow: [127.0.0.64/26], deny: [127.0.0.66]";
    await using mynah = await serveGuarded("udp://*:0", rules);
    const asked = [LOCALHOST, "127.0.0.64", "127.0.0.66", "127.0.0.127"];
    assertEquals(await answered(mynah, asked), ["127.0.0.64", "127.0.0.127"]);
    assertEquals((await readMetrics(mynah.admin)).dropped("denied"), 2);
    await mynah.line(
      /datagram not answered service=guarded address=udp:\S+ client=127\.0\.0\.1:\d+ reason=denied$/,
    );
  },
);

testWith([LOOPBACK_NET], "a mapped rule holds for a datagram", async () => {
  const rules = 'deny: ["::ffff:127.0.0.64/122"]';
  await using mynah = await serveGuarded("udp://127.0.0.1:0", rules);
  assertEquals(await answered(mynah, [LOCALHOST, "127.0.0.65"]), [LOCALHOST]);
});

/** Fails unless lines are a second apart, the last one (at the end) excepted, and stand for `count` events. */
function assertSampled(log: string, message: string, count: number): void {
  const lines = log.split("\n").filter((line) => line.includes(message));
  const times = lines.map((line) => Date.parse(line.split(" ")[0]));
  for (let i = 1; i < times.length - 1; i++) {
    assertGreater(times[i] - times[i - 1], 990);
  }
  const events = lines.map((line) =>
    1 + Number(/ left_out=(\d+)/.exec(line)?.[1] ?? 0)
  );
  assertEquals(events.reduce((sum, n) => sum + n), count);
  assert(lines.length >= 2);
}

Deno.test("refused connections are logged once a second, with how many were left out", async () => {
  const rules = "deny: [0.0.0.0/0]";
  await using mynah = await serveGuarded("tcp://127.0.0.1:0", rules);
  for (let i = 0; i < 100; i++) await echoed(mynah, LOCALHOST);
  const second = await mynah.line(/connection refused/, 2);
  assertMatch(second, /reason=denied left_out=\d+$/);
  await echoed(mynah, LOCALHOST);
  await mynah.stop();
  assertSampled(mynah.log, "connection refused", 101);
});

Deno.test("refused datagrams are logged once a second, with how many were left out", async () => {
  const rules = "deny: [0.0.0.0/0]";
  await using mynah = await serveGuarded("udp://127.0.0.1:0", rules);
  using client = new UdpClient(mynah.address("udp"));
  for (let i = 0; i < 100; i++) await client.send(HELLO);
  const second = await mynah.line(/datagram not answered/, 2);
  assertMatch(second, /reason=denied left_out=\d+$/);
  await client.send(HELLO);
  await metricsWhen(mynah, (metrics) => metrics.dropped() === 101);
  await mynah.stop();
  assertSampled(mynah.log, "datagram not answered", 101);
});
