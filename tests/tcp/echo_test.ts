import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import { exchangeStream, GIGABYTE } from "../support/byte_stream.ts";
import {
  connect,
  echoOn,
  exchangeTcp,
  pseudoRandomBytes,
  readAll,
  writeAll,
} from "../support/clients.ts";
import { Flood } from "../support/bad_clients.ts";
import { Mynah, services } from "../support/mynah.ts";
import { run } from "../support/programs.ts";
import {
  descriptors,
  IPV6,
  LINUX,
  needsOf,
  testWith,
} from "../support/needs.ts";

const MB = 1_000_000;

function serveEcho(host = "127.0.0.1", through?: string[]): Promise<Mynah> {
  return Mynah.serve(services(`echo=tcp://${host}:0`), { through });
}

Deno.test("TCP echo returns what it gets, whatever its size", async () => {
  await using mynah = await serveEcho();
  const sizes = [0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 10 * MB];
  for (const size of sizes) {
    const bytes = pseudoRandomBytes(size, size + 1);
    assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);
  }
});

Deno.test("TCP echo returns a gigabyte byte for byte", async () => {
  await using mynah = await serveEcho();
  using connection = await connect(mynah.address("tcp"));
  await exchangeStream(connection, GIGABYTE);
});

testWith([IPV6], "TCP echo answers over IPv6", async () => {
  await using mynah = await serveEcho("[::1]");
  const address = mynah.address("tcp");
  assertEquals(address.hostname, "::1");
  const bytes = pseudoRandomBytes(100_000);
  assertBytes(await exchangeTcp(address, bytes), bytes);
});

for (const hostname of ["127.0.0.1", "127.0.0.2", "::1"]) {
  testWith(
    needsOf(hostname),
    `TCP echo on * answers at ${hostname}`,
    async () => {
      await using mynah = await serveEcho("*");
      const { port } = mynah.address("tcp");
      const bytes = pseudoRandomBytes(100_000);
      const address = { transport: "tcp" as const, hostname, port };
      assertBytes(await exchangeTcp(address, bytes), bytes);
    },
  );
}

Deno.test("TCP echo answers in full a client that shut its side before it reads", async () => {
  await using mynah = await serveEcho();
  using connection = await connect(mynah.address("tcp"));
  // Few enough for the buffers of the kernel: the client must not have to read.
  const bytes = pseudoRandomBytes(100_000);
  await writeAll(connection, bytes);
  await connection.closeWrite();
  assertBytes(await readAll(connection), bytes);
});

testWith(
  [descriptors(1024)],
  "TCP echo keeps five hundred conversations apart",
  async () => {
    await using mynah = await serveEcho();
    const connections = await Promise.all(
      Array.from({ length: 500 }, () => connect(mynah.address("tcp"))),
    );
    await Promise.all(connections.map(async (connection, i) => {
      using _ = connection;
      for (let round = 1; round <= 3; round++) {
        const bytes = pseudoRandomBytes(20_000, 500 * round + i);
        assertBytes(await echoOn(connection, bytes), bytes);
      }
    }));
  },
);

testWith(
  [LINUX],
  "TCP echo holds back clients that never read, and serves the others",
  async () => {
    await using mynah = await serveEcho();
    const bytes = pseudoRandomBytes(MB);
    assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);
    const before = mynah.memory();

    const greedy = await Promise.all(
      Array.from({ length: 4 }, () => connect(mynah.address("tcp"))),
    );
    const floods = greedy.map((connection) => new Flood(connection));
    for (const flood of floods) {
      await flood.stuck(async () => {
        assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);
      });
    }
    const grown = mynah.memory() - before;
    assert(grown < 100 * MB, `memory has grown by ${grown} bytes`);

    // In Deno 2.5.7 nothing ends a pending write but the other side.
    mynah.kill("SIGKILL");
    for (const { ended } of floods) await ended;
    for (const connection of greedy) connection.close();
  },
);

Deno.test("TCP echo returns everything to a client that reads late", async () => {
  await using mynah = await serveEcho();
  using connection = await connect(mynah.address("tcp"));
  // More than the kernel's buffers hold on either side.
  const bytes = pseudoRandomBytes(50 * MB);
  let sent = false;
  const sending = writeAll(connection, bytes).then(() => {
    sent = true;
    return connection.closeWrite();
  });
  for (let i = 0; i < 20; i++) {
    await exchangeTcp(mynah.address("tcp"), bytes.subarray(0, MB));
  }
  assert(!sent, "nothing held it back");
  assertBytes(await readAll(connection), bytes);
  await sending;
});

Deno.test("TCP echo logs one line when a connection ends", async () => {
  await using mynah = await serveEcho();
  const { port } = mynah.address("tcp");
  await exchangeTcp(mynah.address("tcp"), pseudoRandomBytes(12_345));
  const line = await mynah.line(/connection ended/);
  assertMatch(
    line,
    new RegExp(
      `^\\S+Z info  connection ended service=echo address=tcp://127\\.0\\.0\\.1:${port} ` +
        `client=127\\.0\\.0\\.1:\\d+ bytes_in=12345 bytes_out=12345 ` +
        `seconds=\\d+(\\.\\d+)? reason="client closed"$`,
    ),
  );
  assertEquals(await mynah.stop(), 0);
  assertEquals(mynah.log.match(/connection ended/g)?.length, 1);
});

testWith(
  ["python3"],
  "a reset ends only its own connection, and is logged as one",
  async () => {
    await using mynah = await serveEcho();
    const { port } = mynah.address("tcp");
    using other = await connect(mynah.address("tcp"));
    const hello = new TextEncoder().encode("hello");
    assertBytes(await echoOn(other, hello), hello);

    const { code, stderr } = await run(["python3", "-c", RESET, `${port}`]);
    assertEquals(code, 0, stderr);
    await mynah.line(
      /connection ended .*bytes_in=5 bytes_out=5 .*reason="reset by client"/,
    );
    assertBytes(await echoOn(other, hello), hello);
    assertEquals(mynah.log.match(/connection ended/g)?.length, 1);
  },
);

/** Waits for an answer, then closes with a linger of zero seconds: a reset. */
const RESET = `
import socket, struct, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"hello")
assert s.recv(5, socket.MSG_WAITALL) == b"hello"
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()
`;

testWith(["strace"], "TCP_NODELAY is set on each connection", async () => {
  const strace = ["strace", "-D", "-f", "-qq", "-e", "trace=setsockopt"];
  await using mynah = await serveEcho("127.0.0.1", strace);
  await exchangeTcp(mynah.address("tcp"), pseudoRandomBytes(100));
  await mynah.line(/setsockopt\(\d+, SOL_TCP, TCP_NODELAY, \[1\]/);
});
