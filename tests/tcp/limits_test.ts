import { assert, assertEquals } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import {
  concat,
  connect,
  echoOn,
  pseudoRandomBytes,
  readAll,
  readExactly,
  writeAll,
} from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { readMetrics } from "../support/admin.ts";
import { descriptors, IPV6, LINUX, testWith } from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const TCP = '"tcp://127.0.0.1:0"';

/** An echo with these limits, and an admin address. */
function serveLimited(limits: string, listen = TCP): Promise<Mynah> {
  return Mynah.configured(`
admin: 127.0.0.1:0
services: [{ name: limited, type: echo, listen: [${listen}], ${limits} }]
`);
}

/** Connects and is served. */
async function enter(address: Deno.NetAddr): Promise<Deno.TcpConn> {
  const connection = await connect(address);
  assertEquals(await echoOn(connection, HELLO), HELLO);
  return connection;
}

/** Connects and is closed at once. */
async function assertRefused(address: Deno.NetAddr): Promise<void> {
  using connection = await connect(address);
  assertEquals((await readAll(connection)).length, 0);
}

Deno.test("at max_connections a newcomer is closed at once, until somebody leaves", async () => {
  await using mynah = await serveLimited("max_connections: 2");
  const address = mynah.address("tcp");
  using first = await enter(address);
  const second = await enter(address);
  await assertRefused(address);
  await assertRefused(address);
  assertEquals((await readMetrics(mynah.admin)).refused("max_connections"), 2);
  assertEquals(await echoOn(first, HELLO), HELLO);

  second.close();
  await mynah.line(/connection ended/);
  using _third = await enter(address);
  await assertRefused(address);
  const metrics = await readMetrics(mynah.admin);
  assertEquals(
    metrics.sum("mynah_connections_open", { service: "limited" }),
    2,
  );
  assertEquals(metrics.refused(), 3);
});

Deno.test("max_connections holds for all addresses of a service together", async () => {
  const limits = "max_connections: 2";
  await using mynah = await serveLimited(limits, `${TCP}, ${TCP}`);
  const [a, b] = mynah.addresses;
  using _first = await enter(a);
  using _second = await enter(b);
  await assertRefused(a);
  await assertRefused(b);
});

Deno.test("a client that sends before it is refused sees the end too", async () => {
  await using mynah = await serveLimited("max_connections: 1");
  using _first = await enter(mynah.address("tcp"));
  using second = await connect(mynah.address("tcp"));
  const answer = await echoOn(second, HELLO).catch((error) => {
    // What is closed with unread input is reset.
    assert(
      error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BrokenPipe,
    );
    return new Uint8Array();
  });
  assertEquals(answer.length, 0);
});

Deno.test("with when_full: wait and one place, clients are served one after the other", async () => {
  const limits = "max_connections: 1, when_full: wait";
  await using mynah = await serveLimited(limits, `${TCP}, ${TCP}`);
  const [a, b] = mynah.addresses;
  let current = await enter(a);
  const waiting = [b, a, b, a];
  while (waiting.length > 0) {
    let served = false;
    const next = enter(waiting.shift()!).finally(() => served = true);
    // It has long connected, and sent, and would be served if there were room.
    for (let i = 0; i < 20; i++) {
      assertEquals(await echoOn(current, HELLO), HELLO);
    }
    assertEquals(served, false);
    current.close();
    current = await next;
  }
  current.close();
  assertEquals((await readMetrics(mynah.admin)).refused(), 0);
});

testWith(
  [descriptors(1024)],
  "with when_full: wait, a crowd is served in the end, all of it",
  async () => {
    await using mynah = await serveLimited(
      "max_connections: 3, when_full: wait",
    );
    await Promise.all(Array.from({ length: 300 }, async () => {
      using connection = await enter(mynah.address("tcp"));
      assertEquals(await echoOn(connection, HELLO), HELLO);
    }));
    const metrics = await readMetrics(mynah.admin);
    assertEquals(metrics.refused(), 0);
    assertEquals(
      metrics.sum("mynah_connections_accepted_total", { service: "limited" }),
      300,
    );
  },
);

Deno.test("with when_full: wait, those who wait on several addresses are all served", async () => {
  const limits = "max_connections: 1, when_full: wait";
  const addresses = Array(5).fill(TCP).join(", ");
  await using mynah = await serveLimited(limits, addresses);
  await Promise.all(
    mynah.addresses.slice(0, 5).map(async (address) => {
      using _connection = await enter(address);
    }),
  );
  assertEquals((await readMetrics(mynah.admin)).refused(), 0);
});

Deno.test("max_connections_per_client refuses a client until one of its connections ends", async () => {
  await using mynah = await serveLimited("max_connections_per_client: 2");
  const address = mynah.address("tcp");
  const first = await enter(address);
  using _second = await enter(address);
  await assertRefused(address);
  const metrics = await readMetrics(mynah.admin);
  assertEquals(metrics.refused("max_connections_per_client"), 1);
  assertEquals(metrics.refused(), 1);

  first.close();
  await mynah.line(/connection ended/);
  using _third = await enter(address);
});

testWith(
  [IPV6],
  "max_connections_per_client refuses one client, and not another",
  async () => {
    const limits = "max_connections_per_client: 2";
    await using mynah = await serveLimited(limits, '"tcp://*:0"');
    const { port } = mynah.address("tcp");
    const [one, other] = ["127.0.0.1", "::1"].map((hostname) => ({
      transport: "tcp" as const,
      hostname,
      port,
    }));
    using _first = await enter(one);
    using _second = await enter(one);
    await assertRefused(one);
    using _third = await enter(other);
    using _fourth = await enter(other);
    await assertRefused(other);
    assertEquals(
      (await readMetrics(mynah.admin)).refused("max_connections_per_client"),
      2,
    );
  },
);

Deno.test("idle_timeout closes an idle connection, and not an active one", async () => {
  await using mynah = await serveLimited("idle_timeout: 2s");
  const address = mynah.address("tcp");
  using active = await enter(address);
  using idle = await enter(address);
  using silent = await connect(address);
  let closed = 0;
  for (const connection of [idle, silent]) {
    readAll(connection).then((rest) => {
      assertEquals(rest.length, 0);
      closed++;
    });
  }
  while (closed < 2) assertEquals(await echoOn(active, HELLO), HELLO);
  await mynah.line(/connection ended .* bytes_in=5 .*reason="idle timeout"$/);
  await mynah.line(/connection ended .* bytes_in=0 .*reason="idle timeout"$/);
  assertEquals(await echoOn(active, HELLO), HELLO);
  assertEquals(mynah.log.match(/connection ended/g)?.length, 2);
});

/** How many sockets a mynah has. */
function socketsOf(mynah: Mynah): number {
  const folder = `/proc/${mynah.pid}/fd`;
  return [...Deno.readDirSync(folder)].filter(({ name }) => {
    try {
      return Deno.readLinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      return false; // Closed meanwhile.
    }
  }).length;
}

Deno.test("idle_timeout does not end a client that reads slowly", async () => {
  const limits = "idle_timeout: 1s, max_connections: 100";
  await using mynah = await serveLimited(limits);
  using slow = await connect(mynah.address("tcp"));
  // More than the kernel holds, so that the write of the echo waits for the client.
  const bytes = pseudoRandomBytes(16 * 1024 * 1024);
  const sending = writeAll(slow, bytes);
  sending.catch(() => {}); // What is read below tells of it.
  const chunks: Uint8Array[] = [];
  for (let i = 1; i <= 3; i++) {
    // As long as it takes to find an idle client: then the slow one reads 8 KiB.
    using idle = await connect(mynah.address("tcp"));
    assertEquals((await readAll(idle)).length, 0);
    chunks.push(await readExactly(slow, 8192));
  }
  const rest = bytes.length - 3 * 8192;
  chunks.push(await readExactly(slow, rest));
  await sending;
  assertBytes(concat(chunks), bytes);
});

testWith(
  [LINUX],
  "idle_timeout ends connections whose clients do not read, once they leave no room",
  async () => {
    const limits = "idle_timeout: 500ms, max_connections: 3";
    await using mynah = await serveLimited(limits);
    await readMetrics(mynah.admin);
    const before = socketsOf(mynah);
    const bytes = new Uint8Array(1_000_000);
    async function send(connection: Deno.TcpConn): Promise<void> {
      using _ = connection;
      while (true) await connection.write(bytes);
    }
    const clients = await Promise.all(
      [1, 2, 3].map(() => connect(mynah.address("tcp"))),
    );
    // Each ends when its connection does.
    const sending = clients.map((client) => send(client).catch(() => {}));
    await mynah.line(/connection ended .*reason="idle timeout"$/);
    // Deno 2.5 has no way to end a write that waits, so there each of them keeps its descriptor, and its place.
    let open: number;
    do {
      const metrics = await readMetrics(mynah.admin);
      open = metrics.sum("mynah_connections_open", { service: "limited" });
      // The scrape's own socket may be the last to go.
    } while (socketsOf(mynah) !== before + open);
    using another = await connect(mynah.address("tcp"));
    const answer = await echoOn(another, HELLO).catch(() => new Uint8Array());
    assertEquals(answer.length > 0, open < 3);

    mynah.kill("SIGKILL");
    await Promise.all(sending);
  },
);
