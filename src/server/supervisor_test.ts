import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  exchangeTcp,
  exchangeUdp,
  readAll,
  writeAll,
} from "../../tests/support/clients.ts";
import { MemoryLog } from "../../tests/support/fakes.ts";
import { echoOn, planOf } from "../../tests/support/configs.ts";
import { formatAddress } from "../base/address.ts";
import type { Plan } from "../config/plan.ts";
import { ThisThread } from "../listeners/host.ts";
import { BindErrors, Supervisor } from "./supervisor.ts";

const NOTHING = new Uint8Array();
const HELLO = new TextEncoder().encode("hello");
const TCP = "tcp://127.0.0.1:0";
const UDP = "udp://127.0.0.1:0";
const NEVER = new AbortController().signal;
const NOW = AbortSignal.abort();

async function start(plan: Plan, log = new MemoryLog()) {
  const supervisor = new Supervisor({ host: new ThisThread(), log });
  await supervisor.start(plan);
  return { log, supervisor };
}

async function say(client: Deno.TcpConn, bytes: Uint8Array): Promise<string> {
  await writeAll(client, bytes);
  const buffer = new Uint8Array(bytes.length);
  const length = await client.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, length ?? 0));
}

/** For what a client sees of a server that closes: refused, reset, or just nothing more. */
function closed(error: unknown): Uint8Array {
  if (
    error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected
  ) return NOTHING;
  throw error;
}

/** An address whose TCP port is taken while its UDP port is free. */
function takeTcpPort(): Deno.TcpListener {
  while (true) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      bindUdp(listener.addr.port).close();
      return listener;
    } catch (error) {
      listener.close();
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

function bindUdp(port: number): Deno.DatagramConn {
  return Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port,
  });
}

Deno.test("a supervisor binds port 0 and says which ports they became", async () => {
  const { supervisor } = await start(await echoOn([TCP, UDP, TCP]));
  const { addresses } = supervisor;
  assertEquals(
    addresses.map((address) => formatAddress({ ...address, port: 0 })),
    [TCP, UDP, TCP],
  );
  assert(addresses.every(({ port }) => port > 0));
  assert(addresses[0].port !== addresses[2].port);
  await supervisor.stop(NOW);
});

Deno.test("a supervisor serves every service on every address", async () => {
  const quotes = { inline: ["a quote"] };
  const { supervisor } = await start(
    await planOf({
      services: [
        { name: "e", type: "echo", listen: [TCP, UDP] },
        { name: "q", type: "qotd", listen: [TCP, UDP], quotes },
      ],
    }),
  );
  const [echoTcp, echoUdp, quoteTcp, quoteUdp] = supervisor.addresses;
  const quote = new TextEncoder().encode("a quote\r\n");
  assertEquals(await exchangeTcp(echoTcp, HELLO), HELLO);
  assertEquals(await exchangeUdp(echoUdp, HELLO), HELLO);
  assertEquals(await exchangeTcp(quoteTcp, HELLO), quote);
  assertEquals(await exchangeUdp(quoteUdp, HELLO), quote);
  await supervisor.stop(NOW);
});

Deno.test("a supervisor that cannot bind every address binds none", async () => {
  using taken = takeTcpPort();
  const { port } = taken.addr;
  const plan = await echoOn([
    `udp://127.0.0.1:${port}`,
    `tcp://127.0.0.1:${port}`,
  ]);
  await assertRejects(() => start(plan), BindErrors);
  bindUdp(port).close();
});

Deno.test("a supervisor names every address that it cannot bind, and why", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const inUse = `tcp://127.0.0.1:${taken.addr.port}`;
  // TEST-NET-1 (RFC 5737) belongs to no machine.
  const plan = await echoOn([inUse, TCP, "udp://192.0.2.1:7777"]);
  const error = await assertRejects(() => start(plan), BindErrors);
  assertEquals(error.message.split("\n"), [
    `Cannot bind "${inUse}": address in use`,
    'Cannot bind "udp://192.0.2.1:7777": this machine has no such address',
  ]);
});

Deno.test("a supervisor that stops lets an open connection finish", async () => {
  const { supervisor, log } = await start(await echoOn([TCP, UDP]));
  const [tcp, udp] = supervisor.addresses;
  using client = await Deno.connect(tcp as Deno.ConnectOptions);
  assertEquals(await say(client, HELLO), "hello");

  const stopped = supervisor.stop(NEVER);
  assertEquals((await log.event("stopping")).fields.open_connections, 1);
  assertEquals(await exchangeTcp(tcp, HELLO).catch(closed), NOTHING);
  assertEquals(await say(client, HELLO), "hello");
  assert(!log.messages.includes("stopped"));

  await client.closeWrite();
  assertEquals(await readAll(client), NOTHING);
  await stopped;
  const ended = await log.event("connection ended");
  assertEquals(ended.fields.reason, "client closed");
  assertEquals(ended.fields.bytes_out, 10);
  assertEquals(log.messages.at(-1), "stopped");
  bindUdp(udp.port).close();
});

Deno.test("a supervisor that stops closes what is open when the grace is over", async () => {
  const plan = await echoOn([TCP], { shutdown_grace: "1ms" });
  const { supervisor, log } = await start(plan);
  const [address] = supervisor.addresses;
  using client = await Deno.connect(address as Deno.ConnectOptions);
  assertEquals(await say(client, HELLO), "hello");
  await supervisor.stop(NEVER);
  assertEquals(await readAll(client).catch(closed), NOTHING);
  const ended = await log.event("connection ended");
  assertEquals(ended.fields.reason, "shutdown");
});

Deno.test("a supervisor that stops closes what is open when forced", async () => {
  const plan = await echoOn([TCP], { shutdown_grace: "1h" });
  const { supervisor, log } = await start(plan);
  const [address] = supervisor.addresses;
  using client = await Deno.connect(address as Deno.ConnectOptions);
  assertEquals(await say(client, HELLO), "hello");
  const force = new AbortController();
  const stopped = supervisor.stop(force.signal);
  await log.event("stopping");
  force.abort();
  await stopped;
  assertEquals(await readAll(client).catch(closed), NOTHING);
  const ended = await log.event("connection ended");
  assertEquals(ended.fields.reason, "shutdown");
});

Deno.test("a supervisor without connections stops at once, however long the grace", async () => {
  const plan = await echoOn([TCP, UDP], { shutdown_grace: "168h" });
  const { supervisor, log } = await start(plan);
  await supervisor.stop(NEVER);
  assertEquals(log.messages, ["stopping", "stopped"]);
});

Deno.test("a supervisor tells of each exchange when it is over", async () => {
  let exchanges = 0;
  let exchanged = Promise.withResolvers<void>();
  const supervisor = new Supervisor({
    host: new ThisThread(),
    log: new MemoryLog(),
    onExchange() {
      exchanges++;
      exchanged.resolve();
      exchanged = Promise.withResolvers();
    },
  });
  await supervisor.start(await echoOn([TCP, UDP]));
  const [tcp, udp] = supervisor.addresses;
  for (
    const exchange of [
      () => exchangeTcp(tcp, HELLO),
      () => exchangeUdp(udp, HELLO),
    ]
  ) {
    await Promise.all([exchanged.promise, exchange()]);
  }
  assertEquals(exchanges, 2);
  await supervisor.stop(NOW);
});
