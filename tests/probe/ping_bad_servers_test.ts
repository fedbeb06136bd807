import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ping, runMynah, url } from "../support/cli.ts";
import {
  drain,
  fullServer,
  nobody,
  send,
  tcpServer,
  udpServer,
} from "../support/servers.ts";
import { LINUX, testWith } from "../support/needs.ts";

Deno.test("ping over TCP says that it cannot reach a closed port", async () => {
  const address = nobody("tcp");
  const { code, stdout, stderr } = await ping(address, "-c1");
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    `mynah: Cannot reach "${url(address)}": connection refused\n`,
  );
});

Deno.test("ping says that there is no such name, also in JSON", async () => {
  // As no label has more than 63 bytes, the system knows without a name server.
  const target = `udp://${"a".repeat(64)}.invalid:7`;
  const { code, stdout, stderr } = await runMynah(["ping", "--json", target]);
  assertEquals(code, 2);
  const reason = `Cannot reach "${target}": no such host name`;
  assertEquals(stderr, `mynah: ${reason}\n`);
  assertEquals(JSON.parse(stdout), {
    mynah_ping: 1,
    type: "error",
    target,
    reason,
  });
});

Deno.test("ping over UDP reports every message to a closed port as lost", async () => {
  const { code, stdout } = await ping(nobody("udp"), "-c2", "-i.01", "-W.1");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "\nno answer within 100ms: seq=2\n");
  assertStringIncludes(stdout, "\n2 sent, 0 received, 100% loss, time ");
});

Deno.test("ping reports what is too long to be sent, and that it could not run", async () => {
  const { code, stdout } = await ping(nobody("udp"), "-c1", "-s65508");
  assertEquals(code, 2);
  assertStringIncludes(stdout, "\nmessage too long: seq=1\n");
});

Deno.test("ping --connect reports each connection that is refused", async () => {
  const { code, stdout } = await ping(
    nobody("tcp"),
    "-c2",
    "-i.01",
    "--connect",
  );
  assertEquals(code, 1);
  assertStringIncludes(stdout, "\nconnection refused: seq=2\n");
});

Deno.test("ping ends at the deadline when the server accepts and never answers", async () => {
  using server = tcpServer(drain);
  const start = performance.now();
  const { code, stdout } = await ping(server.address, "-w2", "-i.05");
  assert(performance.now() - start < 20_000);
  assertEquals(code, 1);
  assertMatch(stdout, /\n\d+ sent, 0 received, 100% loss/);
});

for (const limit of ["-w.5", "-W.5"]) {
  testWith(
    [LINUX],
    `ping ${limit} ends when it cannot even connect`,
    async () => {
      using server = await fullServer();
      const { code, stdout, stderr } = await ping(server.address, limit);
      assertEquals([code, stdout], [2, ""]);
      assertEquals(
        stderr,
        `mynah: Cannot reach "${
          url(server.address)
        }": no answer within 500ms\n`,
      );
    },
  );
}

Deno.test("ping ends at the deadline when the server does not even read", async () => {
  using server = tcpServer(() => new Promise(() => {}));
  const { code, stdout } = await ping(
    server.address,
    "-w3",
    "--rate=200",
    "-s1000000",
  );
  assertEquals(code, 1);
  assertMatch(stdout, /, 0 received, 100% loss/);
});

Deno.test("ping says when the server closes early, connects again, and counts what was lost", async () => {
  using server = tcpServer(async (connection) => {
    const buffer = new Uint8Array(64);
    await connection.read(buffer);
    await send(connection, buffer);
    await connection.read(buffer);
  });
  const { code, stdout } = await ping(server.address, "-i.3", "-c3", "--json");
  assertEquals(code, 1);
  const objects = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    objects.map(({ type, seq }) => seq === undefined ? type : `${type} ${seq}`),
    ["reply 1", "closed", "reopened", "reply 3", "summary"],
  );
  const { due, sent, received, lost, closed, reasons } = objects.at(-1);
  assertEquals([due, sent, received, lost, closed], [3, 3, 2, 1, 1]);
  assertEquals(reasons, [{
    figure: "closed",
    reason: "connection closed by the other side",
    count: 1,
  }]);
});

Deno.test("ping shows a greeting for what it is, and measures what follows", async () => {
  using server = tcpServer(async (connection) => {
    await send(connection, "220 hi\x1b[2J\r\n");
    const buffer = new Uint8Array(1000);
    for (let n; (n = await connection.read(buffer)) !== null;) {
      await send(connection, buffer.subarray(0, n));
    }
  });
  const { code, stdout } = await ping(server.address, "-c2", "-i.05");
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /\n12 bytes from .*: not ours: "220 hi\\u\{1b\}\[2J\\r\\n"\n/,
  );
  assertStringIncludes(stdout, "\n2 sent, 2 received, 0% loss");
});

Deno.test("ping waits for a server that sends byte by byte", async () => {
  using server = tcpServer(async (connection) => {
    connection.setNoDelay(true);
    const buffer = new Uint8Array(64);
    for (let n; (n = await connection.read(buffer)) !== null;) {
      for (const byte of buffer.subarray(0, n)) {
        await send(connection, new Uint8Array([byte]));
      }
    }
  });
  const { code, stdout } = await ping(server.address, "-c3", "-i.01");
  assertEquals(code, 0, stdout);
});

Deno.test("ping tells junk over UDP from replies", async () => {
  using server = udpServer(() => new TextEncoder().encode("what?"));
  const { code, stdout } = await ping(server.address, "-c1", "-W1");
  assertEquals(code, 1);
  assertStringIncludes(stdout, ': not ours: "what?"\n');
});

Deno.test("ping says what is wrong with a message that was cut", async () => {
  using server = udpServer((datagram) => datagram.subarray(0, 60));
  const { code, stdout } = await ping(server.address, "-c1");
  assertEquals(code, 1);
  assertStringIncludes(stdout, " ms (DAMAGED: 60 of 64 bytes came back)\n");
});

Deno.test("ping shows what a server of something else says, and that it closes", async () => {
  using server = tcpServer(async (connection) => {
    await connection.read(new Uint8Array(64));
    await send(connection, "HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const { code, stdout } = await ping(server.address, "-c5", "-i.01");
  assertEquals(code, 1);
  assertMatch(
    stdout,
    /\n28 bytes from .*: not ours: "HTTP\/1.1 400 Bad Request\\r\\n\\r\\n"\n/,
  );
  assertMatch(stdout, /\nconnection (closed by the other side|reset)\n/);
});

Deno.test("ping shows an answer that is too short to be a message", async () => {
  using server = tcpServer(async (connection) => {
    await connection.read(new Uint8Array(64));
    await send(connection, "ok\n");
    await drain(connection);
  });
  const { code, stdout } = await ping(server.address, "-c1", "-W.2");
  assertEquals(code, 1);
  assertMatch(stdout, /\n3 bytes from .*: not ours: "ok\\n"\n/);
});

Deno.test("ping gives up on a server that never stops talking", async () => {
  using server = tcpServer(async (connection) => {
    while (true) await send(connection, "junk ".repeat(1000));
  });
  const { code, stdout } = await ping(server.address);
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    "\nconnection given up: what comes in is not ours\n\n---",
  );
});
