import { assert, assertEquals } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import {
  connect,
  echoOn,
  exchangeTcp,
  exchangeUdp,
  pseudoRandomBytes,
  writeAll,
} from "../support/clients.ts";
import { Mynah, services, type StartOptions } from "../support/mynah.ts";
import { run } from "../support/programs.ts";
import { descriptors, testWith, UNIX } from "../support/needs.ts";

const hello = new TextEncoder().encode("hello");

function serveAll(options?: StartOptions): Promise<Mynah> {
  return Mynah.serve(
    services(
      "echo=tcp://127.0.0.1:0",
      "echo=udp://127.0.0.1:0",
      "qotd=tcp://127.0.0.1:0",
      "qotd=udp://127.0.0.1:0",
    ),
    options,
  );
}

/** Calls a function so many times at once. */
function times<T>(count: number, fn: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => fn(i)));
}

/** Fails unless everything is served as if nothing had happened, and mynah then ends well. */
async function assertUnharmed(mynah: Mynah): Promise<void> {
  const bytes = pseudoRandomBytes(50_000);
  for (const address of mynah.addresses) {
    const exchange = address.transport === "tcp" ? exchangeTcp : exchangeUdp;
    const answer = await exchange(address, bytes);
    assert(answer.length > 0);
    if (address.port === mynah.address(address.transport).port) {
      assertBytes(answer, bytes);
    }
  }
  assertEquals(await mynah.stop(), 0);
  assert(!/error|bug/.test(mynah.log), mynah.log);
}

testWith(
  [descriptors(1024)],
  "two hundred clients that send and vanish harm nobody",
  async () => {
    await using mynah = await serveAll();
    using other = await connect(mynah.address("tcp"));
    const bytes = pseudoRandomBytes(20_000);
    await times(200, async (i) => {
      using connection = await connect(mynah.address("tcp"));
      await writeAll(connection, bytes);
      // What is not read when a socket closes resets it; half of them wait until there is something.
      if (i % 2 === 0) await connection.read(new Uint8Array(1));
    });
    await mynah.line(/connection ended/, 200);
    assertBytes(await echoOn(other, bytes), bytes);
    other.close();
    await assertUnharmed(mynah);
  },
);

testWith(
  [descriptors(4096)],
  "two thousand clients that come at once are all served",
  async () => {
    await using mynah = await serveAll();
    await times(2000, async (i) => {
      const bytes = pseudoRandomBytes(100, i + 1);
      assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);
    });
    await assertUnharmed(mynah);
  },
);

testWith(
  [descriptors(1024)],
  "clients that connect and say nothing keep nobody waiting",
  async () => {
    await using mynah = await serveAll();
    const silent = await times(300, () => connect(mynah.address("tcp")));
    using halfOpen = await connect(mynah.address("tcp"));
    await halfOpen.closeWrite();
    const bytes = pseudoRandomBytes(1_000_000);
    assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);
    for (const connection of silent) connection.close();
    await assertUnharmed(mynah);
  },
);

testWith(
  [descriptors(1024)],
  "junk from clients that leave at once harms nobody",
  async () => {
    await using mynah = await serveAll();
    await times(100, async (i) => {
      const junk = pseudoRandomBytes(1 + 97 * i, i + 1);
      for (const address of mynah.addresses) {
        if (address.transport !== "tcp") continue;
        using connection = await connect(address);
        await writeAll(connection, junk).catch(() => {}); // The quote's server may be done first.
      }
    });
    // One at a time: more might not fit into the system's queue for the socket.
    for (let i = 0; i < 100; i++) {
      for (const address of mynah.addresses) {
        if (address.transport !== "udp") continue;
        await exchangeUdp(address, pseudoRandomBytes(1 + 97 * i, i + 1));
      }
    }
    await assertUnharmed(mynah);
  },
);

testWith(
  ["socat"],
  "clients that reset while they are in the queue keep nobody waiting",
  async () => {
    await using mynah = await Mynah.configured(`
services:
  - { name: echo, type: echo, listen: ["tcp://127.0.0.1:0"], max_connections: 1, when_full: wait }
`);
    const [address] = mynah.addresses;
    const holder = await connect(address);
    assertBytes(await echoOn(holder, hello), hello);
    // Nobody is accepted now; with linger=0, socat's way to close is a reset.
    await times(20, async () => {
      const target = `TCP:${address.hostname}:${address.port},linger=0`;
      const { code } = await run(["socat", "-u", "/dev/null", target]);
      assertEquals(code, 0);
    });
    holder.close();
    await assertUnharmed(mynah);
  },
);

testWith(
  [UNIX, "sh"],
  "without free descriptors, clients that are in stay in, and who waits comes in when one leaves",
  async () => {
    const through = ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"];
    await using mynah = await serveAll({ through });
    const waiting = await times(64, () => connect(mynah.address("tcp")));
    const inside: Deno.TcpConn[] = [];
    let more = Promise.withResolvers<void>();
    const served = waiting.map(async (connection) => {
      assertBytes(await echoOn(connection, hello), hello);
      inside.push(connection);
      more.resolve();
      more = Promise.withResolvers();
    });
    await mynah.line(/cannot accept connections .*too many open files/i);

    for (let left = 0; left < waiting.length; left++) {
      while (inside.length === 0) await more.promise;
      const connection = inside.shift()!;
      assertBytes(await echoOn(connection, hello), hello);
      connection.close();
    }
    await Promise.all(served);
    assertBytes(await exchangeUdp(mynah.address("udp"), hello), hello);
    assertEquals(await mynah.stop(), 0);
  },
);
