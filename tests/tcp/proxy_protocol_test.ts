import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatProxyHeader } from "../../src/base/proxy_header.ts";
import { assertBytes } from "../support/assertions.ts";
import {
  concat,
  connect,
  echoOn,
  exchangeTcp,
  pseudoRandomBytes,
  readAll,
  writeAll,
} from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { metricsWhen, readMetrics } from "../support/admin.ts";

const HELLO = new TextEncoder().encode("hello");
const NOTHING = new Uint8Array();
const TRUST = "proxy_protocol: 127.0.0.1";

function serve(settings: string, options = ""): Promise<Mynah> {
  return Mynah.configured(`
log: { level: debug }
admin: 127.0.0.1:0
services:
  - { name: echo, type: echo, listen: tcp://127.0.0.1:0, ${settings} }
${options}`);
}

function header(version: 1 | 2, hostname: string, port = 40_000): Uint8Array {
  const destination = { hostname: "198.51.100.7", port: 7 };
  return formatProxyHeader(version, { hostname, port }, destination);
}

const text = (text: string) => new TextEncoder().encode(text);

/** Connects with a header and is served. */
async function enter(
  mynah: Mynah,
  first: Uint8Array,
): Promise<Deno.TcpConn> {
  const connection = await connect(mynah.address("tcp"));
  await writeAll(connection, first);
  assertEquals(await echoOn(connection, HELLO), HELLO);
  return connection;
}

/** What comes back of what is sent, until the end; nothing where the connection is reset. */
function ask(mynah: Mynah, bytes: Uint8Array): Promise<Uint8Array> {
  return exchangeTcp(mynah.address("tcp"), bytes).catch((error) => {
    const { ConnectionReset, BrokenPipe } = Deno.errors;
    assert(
      error instanceof ConnectionReset || error instanceof BrokenPipe,
      String(error),
    );
    return NOTHING;
  });
}

for (const version of [1, 2] as const) {
  Deno.test(`a header of version ${version} names the client, and what follows is echoed whole`, async () => {
    await using mynah = await serve(TRUST);
    const bytes = pseudoRandomBytes(300_000);
    const first = header(version, "192.0.2.1");
    assertBytes(await ask(mynah, concat([first, bytes])), bytes);
    const line = await mynah.line(/connection ended/);
    assertMatch(
      line,
      / client=192\.0\.2\.1:40000 via=127\.0\.0\.1:\d+ bytes_in=300000 bytes_out=300000 /,
    );
  });

  Deno.test(`a header of version ${version} may come byte by byte, and holds up nobody`, async () => {
    await using mynah = await serve(TRUST);
    using neighbour = await enter(mynah, header(2, "192.0.2.9"));
    using slow = await connect(mynah.address("tcp"));
    slow.setNoDelay(true);
    for (const byte of header(version, "192.0.2.1")) {
      await slow.write(Uint8Array.of(byte));
      assertEquals(await echoOn(neighbour, HELLO), HELLO);
    }
    assertEquals(await echoOn(slow, HELLO), HELLO);
  });
}

for (
  const [name, first] of [
    ["LOCAL", text("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")],
    ["UNKNOWN", text("PROXY UNKNOWN\r\n")],
  ] as const
) {
  Deno.test(`${name} keeps the real address, and what follows is echoed`, async () => {
    await using mynah = await serve(TRUST);
    assertEquals(await ask(mynah, concat([first, HELLO])), HELLO);
    const line = await mynah.line(/connection ended/);
    assertMatch(line, / client=127\.0\.0\.1:\d+ bytes_in=5 /);
  });
}

Deno.test("who is not listed is never asked for a header", async () => {
  await using mynah = await serve("proxy_protocol: 192.0.2.0/24");
  const bytes = concat([header(1, "192.0.2.1"), HELLO]);
  assertEquals(await ask(mynah, bytes), bytes);
  const line = await mynah.line(/connection ended/);
  assertMatch(line, / client=127\.0\.0\.1:\d+ bytes_in=/);
});

Deno.test("a connection without a proper header is closed, counted and logged, and a byte of it is not served", async () => {
  await using mynah = await serve(TRUST);
  const wrong: readonly Uint8Array[] = [
    HELLO,
    text("GET / HTTP/1.0\r\n\r\n"),
    text("PROXY TCP4 192.0.2.1\r\n"),
    text(`PROXY UNKNOWN ${"x".repeat(107)}`),
    header(1, "192.0.2.1").slice(0, 20),
    header(2, "192.0.2.1").slice(0, 20),
    header(2, "192.0.2.1").fill(0xff, 13, 14),
    pseudoRandomBytes(5000),
  ];
  for (const bytes of wrong) {
    assertEquals((await ask(mynah, bytes)).length, 0);
  }
  const metrics = await readMetrics(mynah.admin);
  assertEquals(metrics.refused("proxy_header_malformed"), wrong.length);
  assertEquals(metrics.refused(), wrong.length);
  assertEquals(metrics.sum("mynah_connections_open", { service: "echo" }), 0);
  assertEquals(
    metrics.sum("mynah_connections_accepted_total", { service: "echo" }),
    0,
  );
  assertMatch(
    await mynah.line(/connection refused/),
    / client=127\.0\.0\.1:\d+ reason=proxy_header_malformed detail="no PROXY header"$/,
  );
  using _served = await enter(mynah, header(2, "192.0.2.1"));
});

Deno.test("a connection whose header does not come is closed after 5 s, and holds its place until then", async () => {
  await using mynah = await serve(`${TRUST}, max_connections: 3`);
  using silent = await connect(mynah.address("tcp"));
  using half = await connect(mynah.address("tcp"));
  await writeAll(half, header(2, "192.0.2.1").subarray(0, 20));
  using served = await enter(mynah, header(2, "192.0.2.1"));
  assertEquals((await ask(mynah, NOTHING)).length, 0);
  assertEquals((await readMetrics(mynah.admin)).refused("max_connections"), 1);

  assertEquals((await readAll(silent)).length, 0);
  assertEquals((await readAll(half)).length, 0);
  assertEquals(await echoOn(served, HELLO), HELLO);
  const metrics = await readMetrics(mynah.admin);
  assertEquals(metrics.refused("proxy_header_timeout"), 2);
  assertEquals(metrics.sum("mynah_connections_open", { service: "echo" }), 1);
});

Deno.test("who connects and leaves without a byte is no error", async () => {
  await using mynah = await serve(TRUST);
  for (let i = 0; i < 3; i++) {
    assertEquals((await ask(mynah, NOTHING)).length, 0);
  }
  const open = "mynah_connections_open";
  const metrics = await metricsWhen(
    mynah,
    (metrics) => metrics.sum(open, { service: "echo" }) === 0,
  );
  assertEquals(metrics.refused(), 0);
  assertEquals(await mynah.stop(), 0);
  assert(!/ (warn|error) /.test(mynah.log), mynah.log);
});

Deno.test("access rules and limits per client go by the header's address", async () => {
  await using mynah = await serve(
    `${TRUST}, allow: 192.0.2.0/24, deny: 192.0.2.66, max_connections_per_client: 2`,
  );
  using first = await enter(mynah, header(1, "192.0.2.1"));
  using _second = await enter(mynah, header(2, "192.0.2.1"));
  using _other = await enter(mynah, header(2, "192.0.2.2"));
  for (const hostname of ["192.0.2.1", "192.0.2.66", "203.0.113.1"]) {
    const bytes = concat([header(2, hostname), HELLO]);
    assertEquals((await ask(mynah, bytes)).length, 0);
  }
  // The load balancer itself is not allowed, either.
  assertEquals((await ask(mynah, text("PROXY UNKNOWN\r\n"))).length, 0);
  const metrics = await readMetrics(mynah.admin);
  assertEquals(metrics.refused("max_connections_per_client"), 1);
  assertEquals(metrics.refused("denied"), 3);
  assertMatch(
    await mynah.line(/connection refused/),
    / client=192\.0\.2\.1:40000 via=127\.0\.0\.1:\d+ reason=max_connections_per_client$/,
  );

  first.close();
  await mynah.line(/connection ended .*client=192\.0\.2\.1:/);
  using _third = await enter(mynah, header(1, "192.0.2.1"));
});

Deno.test("with when_full: wait, load balancers wait too, and are served one after the other", async () => {
  await using mynah = await serve(
    `${TRUST}, max_connections: 1, when_full: wait`,
  );
  await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    using _connection = await enter(mynah, header(2, `192.0.2.${i}`));
  }));
  const metrics = await readMetrics(mynah.admin);
  assertEquals(metrics.refused(), 0);
  assertEquals(
    metrics.sum("mynah_connections_accepted_total", { service: "echo" }),
    20,
  );
});

Deno.test("a reload changes who needs a header, and open connections stay", async () => {
  const service = { name: "echo", type: "echo", listen: "tcp://127.0.0.1:0" };
  const config = (proxies: object) => ({
    admin: "127.0.0.1:0",
    services: [{ ...service, ...proxies }],
  });
  await using mynah = await Mynah.configured(config({}));
  using plain = await enter(mynah, NOTHING);
  // What is not echoed is a header.
  const first = header(1, "192.0.2.1");
  const isHeader = async () =>
    (await ask(mynah, concat([first, HELLO]))).length === HELLO.length;
  assertEquals(await isHeader(), false);

  const trusted = { proxy_protocol: ["127.0.0.1", { file: "more.txt" }] };
  mynah.folder.write("more.txt", "10.0.0.0/8\n");
  assertMatch(await mynah.reload(config(trusted)), / changed=echo$/);
  assertEquals(await isHeader(), true);
  assertMatch(await mynah.reload(config(trusted)), / changed=none$/);
  mynah.folder.write("more.txt", "10.0.0.0/7\n");
  assertMatch(await mynah.reload(), / changed=echo$/);
  using waiting = await connect(mynah.address("tcp"));
  await writeAll(waiting, first.subarray(0, 10));

  assertMatch(await mynah.reload(config({})), / changed=echo$/);
  assertEquals(await isHeader(), false);
  await writeAll(waiting, first.subarray(10));
  assertEquals(await echoOn(waiting, HELLO), HELLO);
  assertEquals(await echoOn(plain, HELLO), HELLO);
});

Deno.test("a stop ends connections whose header has not come", async () => {
  await using mynah = await serve(TRUST, "shutdown_grace: 0s");
  using waiting = await connect(mynah.address("tcp"));
  await writeAll(waiting, text("PROXY"));
  using _served = await enter(mynah, header(1, "192.0.2.1"));
  assertEquals(await mynah.stop(), 0);
  assertEquals((await readToEnd(waiting)).length, 0);
});

/** Reads to the end, which may be a reset. */
function readToEnd(connection: Deno.Conn): Promise<Uint8Array> {
  return readAll(connection).catch(() => NOTHING);
}
