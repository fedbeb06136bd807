import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertBytes } from "./assert_bytes.ts";
import { connect, echoOn, exchangeTcp, exchangeUdp } from "./clients.ts";
import { Mynah, services } from "./mynah.ts";
import { TempFolder } from "./temp_folder.ts";
import { testWith } from "./support/needs.ts";

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
