import { assert, assertEquals, assertLess } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import { connect, exchangeTcp, pseudoRandomBytes } from "../support/clients.ts";
import { Flood, inject } from "../support/bad_clients.ts";
import { readMetrics } from "../support/admin.ts";
import { Mynah, type StartOptions } from "../support/mynah.ts";
import { forCases } from "../support/random.ts";
import { SteadyDatagrams, SteadyStream } from "../support/steady.ts";
import { descriptors, testWith } from "../support/needs.ts";

const MIB = 1024 * 1024;
const HELLO = new TextEncoder().encode("hello");
const listen = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];

function serve(options?: StartOptions): Promise<Mynah> {
  const services = [
    { name: "echo", type: "echo", listen },
    { name: "quotes", type: "qotd", listen },
    { name: "narrow", type: "echo", listen, max_connections_per_client: 2 },
    { name: "closed", type: "qotd", listen, deny: ["127.0.0.0/8"] },
  ];
  const config = { admin: "127.0.0.1:0", shutdown_grace: "1ms", services };
  return Mynah.configured(config, options);
}

Deno.test("clients beside do not notice whatever others send and however they leave", async () => {
  await using mynah = await serve();
  const [tcp, udp] = mynah.addresses;
  const stream = await SteadyStream.start(tcp);
  const datagrams = new SteadyDatagrams(udp);
  await forCases(200, async (random) => {
    const targets = random.picks(mynah.addresses, 5);
    await Promise.all(targets.map((address) => inject(address, random)));
  });
  assert((await stream.finish()).bytes > 0);
  assert((await datagrams.finish()).bytes > 0);
  assertEquals(await mynah.stop(), 0);
  assert(!/\berror\b|\bbug\b|panic/.test(mynah.log), mynah.log);
});

testWith(
  [descriptors(1024)],
  "clients that do not read cost little memory, and others nothing",
  async () => {
    const env = { DENO_V8_FLAGS: "--max-old-space-size=64" };
    await using mynah = await serve({ env });
    const tcp = mynah.address("tcp");
    const figure = async (name: string) =>
      (await readMetrics(mynah.admin)).samples(name)[0].value;
    const memory = () => figure("process_resident_memory_bytes");
    const before = await memory();

    const clients = await Promise.all(
      Array.from({ length: 100 }, () => connect(tcp)),
    );
    const floods = clients.map((client) => new Flood(client));
    await unchanging(() => figure("mynah_received_bytes_total"));
    assertLess(await memory() - before, 64 * MIB);
    const bytes = pseudoRandomBytes(MIB);
    assertBytes(await exchangeTcp(tcp, bytes), bytes);

    assertEquals(await mynah.stop(), 0);
    await Promise.all(floods.map(({ ended }) => ended));
    for (const client of clients) client.close();
  },
);

/** Resolves when a figure is the same so many times in a row. */
async function unchanging(figure: () => Promise<number>): Promise<void> {
  let before = await figure();
  for (let times = 0; times < 20;) {
    const now = await figure();
    times = now === before && now > 0 ? times + 1 : 0;
    before = now;
  }
}

testWith(["bash"], "log lines that nobody reads are counted", async () => {
  const through = ["bash", "-c", 'exec "$@" 2> >(head -n 1 >&2)', "bash"];
  await using mynah = await serve({ through });
  await mynah.logEnd;
  const name = "mynah_log_lines_lost_total";
  while ((await readMetrics(mynah.admin)).value(name) < 10) {
    assertEquals(await exchangeTcp(mynah.address("tcp"), HELLO), HELLO);
  }
  assertEquals(await mynah.stop(), 0);
});
