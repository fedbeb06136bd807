import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import { exchangeStream, GIGABYTE } from "../support/byte_stream.ts";
import {
  connect,
  echoOn,
  exchangeTcp,
  exchangeUdp,
  pseudoRandomBytes,
  readAll,
} from "../support/clients.ts";
import { Flood } from "../support/bad_clients.ts";
import { Mynah, services } from "../support/mynah.ts";
import { has, IPV6 } from "../support/needs.ts";

const hello = new TextEncoder().encode("hello");

/** Serves an echo with a grace time. */
function serveEcho(grace: string): Promise<Mynah> {
  return Mynah.configured(`
shutdown_grace: ${grace}
services: [{ name: echo, type: echo, listen: "tcp://127.0.0.1:0" }]
`);
}

Deno.test("serve says once that it is ready, with every address and its real port", async () => {
  const asked = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];
  if (has(IPV6)) asked.push("tcp://[::1]:0");
  await using mynah = await Mynah.serve(
    services(...asked.map((address) => `echo=${address}`)),
  );
  const bound = mynah.addresses;
  assertEquals(
    bound.map(({ transport, hostname }) => [transport, hostname]),
    [["tcp", "127.0.0.1"], ["udp", "127.0.0.1"], ["tcp", "::1"]]
      .slice(0, asked.length),
  );
  for (const address of bound) {
    const exchange = address.transport === "tcp" ? exchangeTcp : exchangeUdp;
    assertBytes(await exchange(address, hello), hello);
  }
  assertEquals(await mynah.stop(), 0);
  assertEquals(mynah.log.match(/\bready\b/g)?.length, 1);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} ends serve with exit code 0`, async () => {
    await using mynah = await Mynah.serve(
      services("echo=tcp://127.0.0.1:0", "qotd=udp://127.0.0.1:0"),
    );
    mynah.kill(signal);
    assertEquals(await mynah.ended(), 0);
    assertMatch(mynah.log, / stopped$/);
  });
}

Deno.test("SIGTERM in the middle of a gigabyte loses none of it", async () => {
  await using mynah = await serveEcho("60s");
  using connection = await connect(mynah.address("tcp"));
  let signalled = false;
  await exchangeStream(connection, GIGABYTE, (total) => {
    if (signalled || total < GIGABYTE / 10) return;
    signalled = true;
    mynah.kill("SIGTERM");
  });
  assertEquals(await mynah.ended(), 0);
  await mynah.line(/stopping open_connections=1 /);
  await mynah.line(/connection ended .*reason="client closed"/);
});

/** Resolves when an address refuses clients: a socket that is closed is gone a little later, and whoever comes between is reset. */
async function refused(address: Deno.NetAddr): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    try {
      (await connect(address)).close();
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return;
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    }
  }
  throw new Error("Clients are still let in");
}

Deno.test("after SIGTERM no one is let in, and those inside go on", async () => {
  await using mynah = await serveEcho("60s");
  using connection = await connect(mynah.address("tcp"));
  assertBytes(await echoOn(connection, hello), hello);
  mynah.kill("SIGTERM");
  await mynah.line(/stopping/);
  await refused(mynah.address("tcp"));
  const bytes = pseudoRandomBytes(1_000_000);
  assertBytes(await echoOn(connection, bytes), bytes);
  connection.close();
  assertEquals(await mynah.ended(), 0);
});

Deno.test("after the grace time the connections that are left are closed", async () => {
  await using mynah = await serveEcho("100ms");
  using connection = await connect(mynah.address("tcp"));
  assertBytes(await echoOn(connection, hello), hello);
  mynah.kill("SIGTERM");
  assertBytes(await readAll(connection), new Uint8Array());
  assertEquals(await mynah.ended(), 0);
  await mynah.line(/connection ended .*reason=shutdown$/);
});

Deno.test("after the grace time a client that never reads is not waited for", async () => {
  await using mynah = await serveEcho("100ms");
  using connection = await connect(mynah.address("tcp"));
  const flood = new Flood(connection);
  await flood.stuck(() => exchangeTcp(mynah.address("tcp"), hello));
  mynah.kill("SIGTERM");
  assertEquals(await mynah.ended(), 0);
  await mynah.line(/connection ended .*reason=shutdown$/);
  await flood.ended;
});

Deno.test("a second signal ends serve at once", async () => {
  await using mynah = await serveEcho("1h");
  using connection = await connect(mynah.address("tcp"));
  assertBytes(await echoOn(connection, hello), hello);
  mynah.kill("SIGTERM");
  await mynah.line(/stopping/);
  mynah.kill("SIGTERM");
  assertEquals(await mynah.ended(), 0);
  assertBytes(await readAll(connection), new Uint8Array());
});

Deno.test("--once leaves after the first connection", async () => {
  await using mynah = await Mynah.serve(
    ["--once", ...services("echo=tcp://127.0.0.1:0", "echo=udp://127.0.0.1:0")],
  );
  const bytes = pseudoRandomBytes(1_000_000);
  assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);
  assertEquals(await mynah.ended(), 0);
});

Deno.test("--once leaves after the first answered datagram", async () => {
  await using mynah = await Mynah.serve(
    ["--once", ...services("echo=tcp://127.0.0.1:0", "echo=udp://127.0.0.1:0")],
  );
  assertBytes(await exchangeUdp(mynah.address("udp"), hello), hello);
  assertEquals(await mynah.ended(), 0);
});

Deno.test("--once stays while its first connection is open", async () => {
  await using mynah = await Mynah.serve(
    ["--once", ...services("echo=tcp://127.0.0.1:0")],
  );
  using connection = await connect(mynah.address("tcp"));
  for (let i = 0; i < 20; i++) {
    assertBytes(await echoOn(connection, hello), hello);
  }
  assert(!/stopping/.test(mynah.log));
  connection.close();
  assertEquals(await mynah.ended(), 0);
});
