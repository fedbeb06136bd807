import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  connect,
  echoOn,
  exchangeTcp,
  exchangeUdp,
  readAll,
} from "../../tests/support/clients.ts";
import { MemoryLog } from "../../tests/support/fakes.ts";
import { ownHost, ownPort } from "../../tests/support/networks.ts";
import { echoOn as echoPlan, planOf } from "../../tests/support/configs.ts";
import type { Plan } from "../config/plan.ts";
import { ThisThread } from "../listeners/host.ts";
import type { Listener } from "../listeners/listener.ts";
import { BindErrors, Supervisor } from "./supervisor.ts";
import { LOOPBACK_NET, testWith } from "../../tests/support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const TCP = "tcp://127.0.0.1:0";
const NEVER = new AbortController().signal;
const NOW = AbortSignal.abort();
const PORT = ownPort();

async function start(plan: Plan, log = new MemoryLog()) {
  const supervisor = new Supervisor({ host: new ThisThread(), log });
  await supervisor.start(plan);
  return { log, supervisor };
}

function quotesOn(
  listen: string | readonly string[],
  settings: Record<string, unknown> = {},
  inline = ["one", "two", "three", "four"],
): Promise<Plan> {
  const quotes = { inline, pick: "sequential" };
  return planOf({
    services: [{ name: "q", type: "qotd", listen, quotes, ...settings }],
  });
}

async function quoteFrom(address: Deno.NetAddr): Promise<string> {
  const bytes = await exchangeTcp(address, new Uint8Array());
  return new TextDecoder().decode(bytes).trim();
}

/** Sends a word over an open connection, and returns what comes back. */
async function say(client: Deno.TcpConn, word: string): Promise<string> {
  const answer = await echoOn(client, new TextEncoder().encode(word));
  return new TextDecoder().decode(answer);
}

Deno.test("a reload of the same config changes nothing", async () => {
  const { supervisor } = await start(await quotesOn(TCP));
  const [address] = supervisor.addresses;
  const [service] = supervisor.services;
  assertEquals(await quoteFrom(address), "one");
  assertEquals(await supervisor.reload(await quotesOn(TCP)), {
    bound: [],
    released: [],
    changed: [],
  });
  assertEquals(await quoteFrom(address), "two");
  assert(supervisor.services[0] === service);
  assertEquals(supervisor.addresses, [address]);
  await supervisor.stop(NOW);
});

Deno.test("a service whose limits or addresses change goes on with its quotes and counts", async () => {
  const { supervisor } = await start(await quotesOn(TCP));
  const [address] = supervisor.addresses;
  assertEquals(await quoteFrom(address), "one");
  const { changed } = await supervisor.reload(
    await quotesOn([TCP, TCP], { max_connections: 5 }),
  );
  assertEquals(changed, ["q"]);
  assertEquals(await quoteFrom(supervisor.addresses[0]), "two");
  assertEquals(await quoteFrom(supervisor.addresses[1]), "three");
  const [{ counters, limits }] = supervisor.services;
  assertEquals(counters.get("accepted"), 3);
  assertEquals(limits.maxConnections, 5);
  await supervisor.stop(NOW);
});

Deno.test("a service whose quotes change begins with the first of the new ones", async () => {
  const { supervisor } = await start(await quotesOn(TCP));
  const [address] = supervisor.addresses;
  assertEquals(await quoteFrom(address), "one");
  const { changed } = await supervisor.reload(
    await quotesOn(TCP, {}, ["eins", "zwei"]),
  );
  assertEquals(changed, ["q"]);
  assertEquals(await quoteFrom(address), "eins");
  assertEquals(supervisor.services[0].counters.get("accepted"), 2);
  await supervisor.stop(NOW);
});

Deno.test("a service of the same name and another type takes over the address", async () => {
  const listen = `tcp://${ownHost()}:${PORT}`;
  const { supervisor } = await start(await quotesOn(listen));
  const [address] = supervisor.addresses;
  const { bound, released, changed } = await supervisor.reload(
    await planOf({ services: [{ name: "q", type: "echo", listen }] }),
  );
  assertEquals([bound, released, changed], [[], [], ["q"]]);
  assertEquals(await exchangeTcp(address, HELLO), HELLO);
  await supervisor.stop(NOW);
});

Deno.test("a removed service stops accepting, and a stop waits for its connections", async () => {
  const kept = { name: "kept", type: "echo", listen: TCP };
  const listen = `tcp://${ownHost()}:${PORT}`;
  const gone = { name: "gone", type: "echo", listen };
  const { supervisor, log } = await start(
    await planOf({ services: [kept, gone] }),
  );
  const [, address] = supervisor.addresses;
  using client = await connect(address);
  assertEquals(await say(client, "before"), "before");

  const { released } = await supervisor.reload(
    await planOf({ services: [kept] }),
  );
  assertEquals(released, [listen]);
  await assertRejects(() => connect(address), Deno.errors.ConnectionRefused);
  assertEquals(await say(client, "after"), "after");

  const stopped = supervisor.stop(NEVER);
  assertEquals((await log.event("stopping")).fields.open_connections, 1);
  assertEquals(await say(client, "still"), "still");
  await client.closeWrite();
  assertEquals(await readAll(client), new Uint8Array());
  await stopped;
});

Deno.test("clients that have just come are let in before their address goes", async () => {
  const listen = `tcp://${ownHost()}:${PORT}`;
  const { supervisor } = await start(await echoPlan([TCP, listen]));
  const plan = await echoPlan([TCP]);
  const [kept, gone] = supervisor.addresses;
  const arrive = (address: Deno.NetAddr) =>
    Array.from({ length: 50 }, () => connect(address));

  const atReload = arrive(gone);
  await supervisor.reload(plan);
  await serveAll(atReload);

  const atStop = arrive(kept);
  const stopped = supervisor.stop(NEVER);
  await serveAll(atStop);
  await stopped;
});

async function serveAll(clients: readonly Promise<Deno.TcpConn>[]) {
  for (const client of await Promise.all(clients)) {
    assertEquals(await say(client, "just in time"), "just in time");
    client.close();
  }
}

Deno.test("an address that is released is free when the reload is done", async () => {
  const host = ownHost();
  const listen = [`tcp://${host}:${PORT}`, `udp://${host}:${PORT}`];
  const { supervisor } = await start(await echoPlan([TCP, ...listen]));
  for (let i = 0; i < 20; i++) {
    const { released } = await supervisor.reload(await echoPlan([TCP]));
    assertEquals(released, listen);
    const { bound } = await supervisor.reload(await echoPlan([TCP, ...listen]));
    assertEquals(bound, listen);
  }
  await supervisor.stop(NOW);
});

Deno.test("a reload that cannot bind every new address binds none and keeps the old", async () => {
  const host = ownHost();
  using _taken = Deno.listen({ hostname: host, port: PORT });
  const [first, second, third] = Array.from({ length: 3 }, ownPort);
  const old = `tcp://${host}:${first}`;
  const { supervisor } = await start(await echoPlan([old]));
  const [address] = supervisor.addresses;
  using client = await connect(address);
  const [service] = supervisor.services;

  const refused = await echoPlan([
    `tcp://${host}:${second}`,
    `tcp://${host}:${PORT}`,
    `udp://${host}:${second}`,
  ], { admin: `${host}:${third}` });
  const error = await assertRejects(
    () => supervisor.reload(refused),
    BindErrors,
  );
  assertEquals(
    error.message,
    `Cannot bind "tcp://${host}:${PORT}": address in use`,
  );
  for (const port of [second, third]) {
    Deno.listen({ hostname: host, port }).close();
  }
  assertEquals(await say(client, "still here"), "still here");
  assertEquals(await exchangeTcp(address, HELLO), HELLO);
  assert(supervisor.services[0] === service);
  assertEquals(supervisor.addresses, [address]);
  await supervisor.stop(NOW);
});

Deno.test("an address gives way to one that takes it in, and comes back", async () => {
  const port = ownPort();
  const wide = [`tcp://0.0.0.0:${port}`, `udp://0.0.0.0:${port}`];
  const narrow = [`tcp://127.0.0.1:${port}`, `udp://127.0.0.1:${port}`];
  const { supervisor } = await start(await echoPlan(narrow));
  const [tcp, udp] = supervisor.addresses;
  using client = await connect(tcp);
  for (const listen of [wide, narrow, wide]) {
    const { bound } = await supervisor.reload(await echoPlan(listen));
    assertEquals(bound, listen);
    assertEquals(await exchangeTcp(tcp, HELLO), HELLO);
    assertEquals(await exchangeUdp(udp, HELLO), HELLO);
    assertEquals(await say(client, "still here"), "still here");
  }
  await supervisor.stop(NOW);
});

testWith(
  [LOOPBACK_NET],
  "an address that gave way in vain is served again",
  async () => {
    const port = ownPort();
    // In the way of every address together, but not of 127.0.0.1.
    using _taken = Deno.listen({ hostname: ownHost(), port });
    const { supervisor, log } = await start(
      await echoPlan([`tcp://127.0.0.1:${port}`]),
    );
    const [address] = supervisor.addresses;
    using client = await connect(address);
    const wide = await echoPlan([`tcp://0.0.0.0:${port}`, "udp://127.0.0.1:0"]);
    await assertRejects(() => supervisor.reload(wide), BindErrors);

    assertEquals(supervisor.addresses, [address]);
    assertEquals(await exchangeTcp(address, HELLO), HELLO);
    assertEquals(await say(client, "still here"), "still here");
    const stopped = supervisor.stop(NEVER);
    assertEquals((await log.event("stopping")).fields.open_connections, 1);
    client.close();
    await stopped;
  },
);

/** Binds as the program does; but when `0.0.0.0` cannot be bound, somebody else takes 127.0.0.1 as soon as it is released. */
class RacedHost extends ThisThread {
  #taken: Deno.TcpListener | undefined;

  override async bind(
    ...[endpoint, context]: Parameters<ThisThread["bind"]>
  ): Promise<Listener> {
    try {
      return await super.bind(endpoint, context);
    } catch (error) {
      if (endpoint.hostname === "0.0.0.0") this.#take(endpoint.port);
      throw error;
    }
  }

  #take(port: number): void {
    try {
      this.#taken ??= Deno.listen({ hostname: "127.0.0.1", port });
    } catch (error) {
      // It is not released yet.
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }

  giveBack(): void {
    this.#taken?.close();
  }
}

/** A supervisor that has lost its address to somebody else in a reload that failed. */
async function loseAddress() {
  const port = ownPort();
  const taken = Deno.listen({ hostname: ownHost(), port });
  const narrow = await echoPlan([`tcp://127.0.0.1:${port}`]);
  const host = new RacedHost();
  const log = new MemoryLog();
  const supervisor = new Supervisor({ log, host });
  await supervisor.start(narrow);
  const [address] = supervisor.addresses;
  const wide = await echoPlan([`tcp://0.0.0.0:${port}`]);
  await assertRejects(() => supervisor.reload(wide), BindErrors);
  taken.close();
  assert(!supervisor.ready);
  assertEquals(supervisor.addresses, []);
  const { level, fields } = await log.event(
    "address lost; retrying every second",
  );
  assertEquals(level, "error");
  assertStringIncludes(
    String(fields.reason),
    `127.0.0.1:${port}": address in use`,
  );
  return { host, log, supervisor, address, narrow };
}

testWith(
  [LOOPBACK_NET],
  "an address that was lost in a reload comes back by itself when it is free",
  async () => {
    const { host, log, supervisor, address } = await loseAddress();
    host.giveBack();
    await log.event("address served again");
    assert(supervisor.ready);
    assertEquals(supervisor.addresses, [address]);
    assertEquals(await exchangeTcp(address, HELLO), HELLO);
    await supervisor.stop(NOW);
  },
);

testWith(
  [LOOPBACK_NET],
  "an address that was lost in a reload comes back with the next reload",
  async () => {
    const { host, supervisor, address, narrow } = await loseAddress();
    await assertRejects(() => supervisor.reload(narrow), BindErrors);
    assert(!supervisor.ready);
    host.giveBack();
    await supervisor.reload(narrow);
    assert(supervisor.ready);
    assertEquals(await exchangeTcp(address, HELLO), HELLO);
    await supervisor.stop(NOW);
  },
);

Deno.test("a stop waits for a reload under way", async () => {
  const port = ownPort();
  const { supervisor } = await start(
    await echoPlan([`tcp://127.0.0.1:${port}`]),
  );
  const wide = await echoPlan([`tcp://0.0.0.0:${port}`]);
  const reloaded = supervisor.reload(wide);
  assert(supervisor.ready);
  const stopped = supervisor.stop(NEVER);
  assert(!supervisor.ready);
  await Promise.all([reloaded, stopped]);
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

Deno.test("clients that wait for room are served by the service that takes over the address", async () => {
  const listen = `tcp://${ownHost()}:${PORT}`;
  const full = { max_connections: 1, when_full: "wait" };
  const { supervisor } = await start(
    await planOf({
      services: [{ name: "narrow", type: "echo", listen, ...full }],
    }),
  );
  const [address] = supervisor.addresses;
  using holder = await connect(address);
  assertEquals(await say(holder, "in"), "in");
  using waiter = await connect(address);
  await supervisor.reload(
    await planOf({ services: [{ name: "wide", type: "echo", listen }] }),
  );
  assertEquals(await say(waiter, "in too"), "in too");
  assertEquals(await say(holder, "still in"), "still in");
  await supervisor.stop(NOW);
});

Deno.test("limits and access rules of a reload hold for the next connection, and not for those that are open", async () => {
  const { supervisor } = await start(await echoPlan([TCP]));
  const [address] = supervisor.addresses;
  using client = await connect(address);
  assertEquals(await say(client, "before"), "before");
  const denying = (deny: readonly string[]) =>
    planOf({ services: [{ name: "echo", type: "echo", listen: TCP, deny }] });
  await supervisor.reload(await denying(["127.0.0.0/8"]));
  const refused = await exchangeTcp(address, HELLO).catch(() => null);
  assert(refused === null || refused.length === 0);
  assertEquals(await say(client, "after"), "after");
  await supervisor.reload(await denying([]));
  assertEquals(await exchangeTcp(address, HELLO), HELLO);
  await supervisor.stop(NOW);
});
