import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import {
  connect,
  echoOn,
  exchangeTcp,
  exchangeUdp,
} from "../support/clients.ts";
import { readMetrics } from "../support/admin.ts";
import { Mynah, services } from "../support/mynah.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith } from "../support/needs.ts";

const hello = new TextEncoder().encode("hello");

testWith(
  ["bash"],
  "a log whose reader has left does not break serving",
  async () => {
    const through = ["bash", "-c", 'exec "$@" 2> >(head -n 1 >&2)', "bash"];
    await using mynah = await Mynah.serve(
      services("echo=tcp://127.0.0.1:0", "echo=udp://127.0.0.1:0"),
      { through },
    );
    await mynah.logEnd;
    using open = await connect(mynah.address("tcp"));
    for (let i = 0; i < 20; i++) {
      assertBytes(await exchangeTcp(mynah.address("tcp"), hello), hello);
    }
    assertBytes(await exchangeUdp(mynah.address("udp"), hello), hello);
    assertBytes(await echoOn(open, hello), hello);
    open.close();
    assertEquals(await mynah.stop(), 0);
  },
);

Deno.test("a log whose reader stalls does not hold up serving, nor the end", async () => {
  await using mynah = await Mynah.serve(services("echo=tcp://127.0.0.1:0"));
  mynah.stallLog();
  // A line each: several times what a pipe holds.
  for (let i = 0; i < 40; i++) {
    await Promise.all(Array.from({ length: 50 }, async () => {
      assertBytes(await exchangeTcp(mynah.address("tcp"), hello), hello);
    }));
  }
  mynah.kill("SIGTERM");
  assertEquals(await mynah.ended(), 0);
});

Deno.test("the JSON log is one object a line, with who and where", async () => {
  await using mynah = await Mynah.configured(`
log: { format: json }
services: [{ name: mirror, type: echo, listen: "tcp://127.0.0.1:0" }]
`);
  const address = mynah.address("tcp");
  await exchangeTcp(address, hello);
  assertEquals(await mynah.stop(), 0);

  const entries = mynah.log.split("\n").map((line) => JSON.parse(line));
  for (const { time, level } of entries) {
    assertEquals(new Date(time).toISOString(), time);
    assertEquals(level, "info");
  }
  assertEquals(
    entries.map(({ message }) => message),
    ["ready", "connection ended", "stopping", "stopped"],
  );
  const { time: _, client, seconds, ...ended } = entries[1];
  assertEquals(ended, {
    level: "info",
    message: "connection ended",
    service: "mirror",
    address: `tcp://127.0.0.1:${address.port}`,
    bytes_in: 5,
    bytes_out: 5,
    reason: "client closed",
  });
  assertMatch(client, /^127\.0\.0\.1:\d+$/);
  assert(seconds >= 0);
});

Deno.test("a connection without a byte leaves a line at the level debug alone", async () => {
  for (const level of ["info", "debug"]) {
    await using mynah = await Mynah.configured(`
log: { level: ${level} }
services: [{ name: e, type: echo, listen: "tcp://127.0.0.1:0" }]
`);
    const echo = mynah.address("tcp");
    // As health checks do: some close, some reset.
    await exchangeTcp(echo, new Uint8Array());
    (await connect(echo)).close();
    assertBytes(await exchangeTcp(echo, hello), hello);
    assertEquals(await mynah.stop(), 0);
    const ended = mynah.log.split("\n")
      .filter((line) => line.includes("connection ended"))
      .map((line) => line.split(" ")[1]);
    assertEquals(
      ended.sort(),
      level === "debug" ? ["debug", "debug", "info"] : ["info"],
    );
  }
});

Deno.test("past max_lines_per_second lines are sampled, and say how many were left out", async () => {
  await using mynah = await Mynah.configured(`
log: { format: json, max_lines_per_second: 5 }
admin: 127.0.0.1:0
services:
  - { name: loud, type: echo, listen: "tcp://127.0.0.1:0" }
  - { name: calm, type: echo, listen: "tcp://127.0.0.1:0" }
`);
  const [loud, calm] = mynah.addresses;
  const start = Date.now();
  const count = 300;
  for (let i = 0; i < count / 10; i++) {
    await Promise.all(
      Array.from({ length: 10 }, () => exchangeTcp(loud, hello)),
    );
  }
  assertBytes(await exchangeTcp(calm, hello), hello);
  const counted = (await readMetrics(mynah.admin))
    .samples("mynah_connections_accepted_total");
  assertEquals(counted.map(({ value }) => value), [count, 1]);
  assertEquals(await mynah.stop(), 0);
  const seconds = 2 + Math.ceil((Date.now() - start) / 1000);

  const ended = mynah.log.split("\n").map((line) => JSON.parse(line))
    .filter(({ message }) => message === "connection ended");
  const [louds, calms] = ["loud", "calm"].map((name) =>
    ended.filter(({ service }) => service === name)
  );
  // Besides, each thread may show two samples a second.
  const threads = Number(Deno.env.get("MYNAH_WORKERS") ?? 1);
  assert(louds.length <= seconds * (5 + 2 * threads), `${louds.length}`);
  const leftOut = louds.reduce((sum, { left_out = 0 }) => sum + left_out, 0);
  assertEquals(louds.length + leftOut, count);
  assertEquals(calms.length, 1);
});

Deno.test("at the level error, connections leave no line", async () => {
  // No line says which port it has become, so it is chosen here.
  const address = freeAddress();
  using folder = new TempFolder();
  const file = folder.write(
    "mynah.yaml",
    `
log: { level: error }
services: [{ name: echo, type: echo, listen: "tcp://127.0.0.1:${address.port}" }]
`,
  );
  await using mynah = new Mynah(["serve", "--config", file]);
  await listening(address);
  assertBytes(await exchangeTcp(address, hello), hello);
  assertEquals(await mynah.stop(), 0);
  assertEquals(mynah.log, "");
});

/** An address that nobody has at the moment. */
function freeAddress(): Deno.NetAddr {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr as Deno.NetAddr;
}

/** Resolves when clients are let in. */
async function listening(address: Deno.NetAddr): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    try {
      (await connect(address)).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error("Nobody is let in");
}
