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
  UdpClient,
  writeAll,
} from "../support/clients.ts";
import { http, parse, readMetrics } from "../support/admin.ts";
import { Mynah } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import { ownHost, ownPort } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import { SteadyDatagrams, SteadyStream } from "../support/steady.ts";
import { descriptors, LOOPBACK_NET, testWith } from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const TCP = "tcp://127.0.0.1:0";
const UDP = "udp://127.0.0.1:0";
const ADMIN = "127.0.0.1:0";
const encoder = new TextEncoder();

const echo = { name: "echo", type: "echo", listen: [TCP, UDP] };
const quotes = {
  name: "quotes",
  type: "qotd",
  listen: [TCP, UDP],
  quotes: { inline: ["a quote"] },
};

function configured(...services: object[]): Promise<Mynah> {
  return Mynah.configured({ admin: ADMIN, services });
}

function hostPort({ hostname, port }: Deno.NetAddr): string {
  return `${hostname}:${port}`;
}

/** Connects, and waits until the connection is closed from the other side. */
async function beRefused(address: Deno.NetAddr): Promise<void> {
  using client = await connect(address);
  await client.read(new Uint8Array(1)).catch(() => {});
}

async function statusOf(address: Deno.NetAddr, path: string): Promise<number> {
  return (await http(address, "GET", path)).status;
}

Deno.test("the admin address tells that mynah is alive and ready", async () => {
  await using mynah = await configured(echo);
  for (const [path, body] of [["/healthz", "ok\n"], ["/readyz", "ready\n"]]) {
    const answer = await http(mynah.admin, "GET", path);
    assertEquals([answer.status, answer.body], [200, body]);
  }
});

Deno.test("after SIGTERM mynah is alive but not ready until its last client has left", async () => {
  await using mynah = await configured(echo);
  const { admin } = mynah;
  const tcp = mynah.address("tcp");
  const client = await SteadyStream.start(tcp);
  mynah.kill("SIGTERM");
  await mynah.line(/stopping open_connections=1/);

  const { status, body } = await http(admin, "GET", "/readyz");
  assertEquals([status, body], [503, "not ready\n"]);
  assertEquals(await statusOf(admin, "/healthz"), 200);
  const metrics = await readMetrics(admin);
  assertEquals(metrics.value("mynah_connections_open"), 1);
  assertEquals((await http(admin, "POST", "/-/reload")).status, 503);
  await assertRejects(() => connect(tcp), Deno.errors.ConnectionRefused);

  assert((await client.finish()).bytes > 0);
  assertEquals(await mynah.ended(), 0);
});

Deno.test("the admin address answers 405 to other methods and 404 to other paths", async () => {
  await using mynah = await configured(echo);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
    const answer = await http(mynah.admin, method, "/metrics");
    assertEquals([answer.status, answer.headers.Allow], [405, "GET, HEAD"]);
  }
  const answer = await http(mynah.admin, "GET", "/-/reload");
  assertEquals([answer.status, answer.headers.Allow], [405, "POST"]);
  for (const path of ["/-/", "/-/quit", "/config", "/debug/pprof", "/../"]) {
    assertEquals(await statusOf(mynah.admin, path), 404, path);
  }
});

Deno.test("the admin address gives away nothing of the config but names and types", async () => {
  const config = {
    // On loopback, whoever asks for a reload is told what is wrong with the config.
    admin: "0.0.0.0:0",
    services: [
      { ...echo, allow: ["127.0.0.1", "198.51.100.77"] },
      { ...quotes, quotes: { file: "secret-file.txt" } },
    ],
  };
  await using mynah = await Mynah.configured(config, {
    files: { "secret-file.txt": "a secret quote\n" },
  });
  const { port } = mynah.admin;
  const admin: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port };
  mynah.write({ ...config, secret_key: "secret value" });
  let all = "";
  for (const method of ["GET", "HEAD", "POST"]) {
    for (
      const path of ["/", "/healthz", "/readyz", "/metrics", "/-/reload", "/x"]
    ) {
      const answer = await http(admin, method, path);
      all += JSON.stringify(answer);
    }
  }
  assertStringIncludes(all, "reload failed: see the log");
  for (const part of ["secret", "198.51.100", "mynah.yaml", "127.0.0.1"]) {
    assert(!all.includes(part), part);
  }
});

Deno.test("metrics show what clients did over TCP", async () => {
  await using mynah = await configured(
    echo,
    { ...quotes, max_connections: 1 },
    { ...echo, name: "closed", deny: ["127.0.0.1"] },
    { ...echo, name: "single", max_connections_per_client: 1 },
  );
  const [echoTcp, , quotesTcp, , closedTcp, , singleTcp] = mynah.addresses;
  for (const size of [0, 10, 100_000]) {
    await exchangeTcp(echoTcp, new Uint8Array(size));
  }
  await exchangeTcp(quotesTcp, HELLO);
  for (let i = 0; i < 2; i++) await beRefused(closedTcp);
  using first = await connect(singleTcp);
  await echoOn(first, HELLO);
  await beRefused(singleTcp);
  // Connections are counted when they are over, the last of them included.
  await mynah.line(/connection ended service=quotes/);

  const metrics = await readMetrics(mynah.admin);
  const expected = {
    mynah_connections_open: { echo: 0, quotes: 0, closed: 0, single: 1 },
    mynah_connections_accepted_total: { echo: 3, quotes: 1, closed: 0 },
    mynah_connection_duration_seconds_count: { echo: 3, quotes: 1, closed: 0 },
    mynah_quotes_served_total: { quotes: 1 },
  };
  for (const [name, values] of Object.entries(expected)) {
    for (const [service, value] of Object.entries(values)) {
      assertEquals(metrics.value(name, { service }), value, name);
    }
  }
  const bytes = (name: string, service: string) =>
    metrics.value(name, { service, transport: "tcp" });
  assertEquals(bytes("mynah_received_bytes_total", "echo"), 100_010);
  assertEquals(bytes("mynah_sent_bytes_total", "echo"), 100_010);
  assertEquals(bytes("mynah_received_bytes_total", "quotes"), HELLO.length);
  assertEquals(bytes("mynah_sent_bytes_total", "quotes"), "a quote\r\n".length);
  const refused = (service: string, reason: string) =>
    metrics.value("mynah_connections_refused_total", { service, reason });
  assertEquals(refused("closed", "denied"), 2);
  assertEquals(refused("single", "max_connections_per_client"), 1);
  assertEquals(refused("single", "max_connections"), 0);
});

testWith([LOOPBACK_NET], "metrics show what clients did over UDP", async () => {
  await using mynah = await configured(
    { ...echo, listen: `udp://${ownHost()}:${ownPort()}` },
    { ...quotes, listen: UDP },
    { ...echo, name: "closed", listen: UDP, deny: ["127.0.0.1"] },
    { ...quotes, name: "slow", listen: UDP, udp_replies_per_second: 1 },
  );
  const [echoUdp, quotesUdp, closed, slow] = mynah.addresses;
  for (const size of [0, 10, 1000]) {
    await exchangeUdp(echoUdp, new Uint8Array(size));
  }
  for (let i = 0; i < 5; i++) await exchangeUdp(quotesUdp, HELLO);

  using denied = new UdpClient(closed);
  await denied.send(HELLO);
  using hasty = new UdpClient(slow);
  for (let i = 0; i < 20; i++) await hasty.send(HELLO);
  using twin = new UdpClient(quotesUdp, {
    hostname: ownHost(),
    port: echoUdp.port,
  });
  await twin.send(HELLO);
  await mynah.line(/not answered service=closed .*reason=denied/);
  await mynah.line(/not answered service=quotes .*reason=own_port/);

  const drops = "mynah_datagrams_dropped_total";
  const received = "mynah_datagrams_received_total";
  const answered = "mynah_datagrams_answered_total";
  const ofSlow = { service: "slow" };
  let metrics = await readMetrics(mynah.admin);
  while (metrics.value(received, ofSlow) < 20) {
    metrics = await readMetrics(mynah.admin);
  }
  assertEquals(metrics.value(received, { service: "echo" }), 3);
  assertEquals(metrics.value(answered, { service: "echo" }), 3);
  const bytes = { service: "echo", transport: "udp" };
  assertEquals(metrics.value("mynah_received_bytes_total", bytes), 1010);
  assertEquals(metrics.value("mynah_sent_bytes_total", bytes), 1010);
  assertEquals(metrics.value(answered, { service: "quotes" }), 5);
  assertEquals(
    metrics.value("mynah_quotes_served_total", { service: "quotes" }),
    5,
  );
  const dropped = (service: string, reason: string) =>
    metrics.value(drops, { service, reason });
  assertEquals(dropped("closed", "denied"), 1);
  assertEquals(dropped("quotes", "own_port"), 1);
  assert(dropped("slow", "rate") > 0);
  assertEquals(
    dropped("slow", "rate") + metrics.value(answered, ofSlow),
    20,
  );
  assertEquals(
    metrics.value("mynah_quotes_served_total", ofSlow),
    metrics.value(answered, ofSlow),
  );
});

Deno.test("idle and slow clients of the admin address keep nobody out", async () => {
  await using mynah = await configured(echo);
  const { admin } = mynah;
  const stream = await SteadyStream.start(mynah.address("tcp"));
  const datagrams = new SteadyDatagrams(mynah.address("udp"));
  const clients = await Promise.all(
    Array.from({ length: 120 }, () => connect(admin)),
  );
  const [slow, ...idle] = clients;
  const dripping = drip(slow, "GET /healthz HTTP/1.1\r\nX: ");
  for (const path of ["/healthz", "/readyz", "/metrics"]) {
    assertEquals(await statusOf(admin, path), 200);
  }
  // They are let go in time, the one that sends a byte now and then too.
  for (const client of [...idle, slow]) {
    const answer = new TextDecoder().decode(await readAll(client));
    assertEquals(parse(answer).status, 408);
  }
  await dripping;
  for (const client of clients) client.close();
  assert((await stream.finish()).bytes > 0);
  assert((await datagrams.finish()).bytes > 0);
});

/** Sends a request that never ends, byte by byte, until nobody takes it any more. */
async function drip(client: Deno.TcpConn, start: string): Promise<void> {
  for (const character of start + "x".repeat(1000)) {
    try {
      await writeAll(client, encoder.encode(character));
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

testWith(
  [descriptors(1024)],
  "the admin address refuses clients past its limit, and the services do not notice",
  async () => {
    await using mynah = await configured(echo);
    const stream = await SteadyStream.start(mynah.address("tcp"));
    const clients = await Promise.all(
      Array.from({ length: 500 }, () => connect(mynah.admin)),
    );
    await mynah.line(
      /connection refused service=admin .*reason=max_connections/,
    );
    assertEquals(await exchangeTcp(mynah.address("tcp"), HELLO), HELLO);
    for (const client of clients) client.close();
    assert((await stream.finish()).bytes > 0);
    await mynah.stop();
    assertStringIncludes(mynah.log, "stopped");
  },
);

Deno.test("`mynah health` tells by its exit code whether a mynah is ready", async () => {
  await using mynah = await configured(echo, quotes);
  const target = hostPort(mynah.admin);
  assertEquals(await runMynah(["health", target]), {
    code: 0,
    stdout: "ready\n",
    stderr: "",
  });
  const client = await SteadyStream.start(mynah.address("tcp"));
  mynah.kill("SIGTERM");
  await mynah.line(/stopping/);
  assertEquals(await runMynah(["health", target]), {
    code: 69,
    stdout: "",
    stderr: `mynah: "${target}" is not ready: it is starting or stopping\n`,
  });
  await client.finish();
  await mynah.ended();
  assertEquals(await runMynah(["health", target]), {
    code: 69,
    stdout: "",
    stderr: `mynah: "${target}" is not ready: connection refused\n`,
  });
});

Deno.test("`mynah health --wait` waits for a mynah that starts", async () => {
  const admin = `${ownHost()}:${ownPort()}`;
  const waiting = runMynah(["health", "--wait", "20s", admin]);
  await using _mynah = await Mynah.configured(
    JSON.stringify({ admin, services: [echo] }),
  );
  assertEquals((await waiting).code, 0);
});

Deno.test("`mynah health` and `mynah reload` say what is wrong with their target", async () => {
  await using mynah = await configured(echo, quotes);
  const target = hostPort(mynah.addresses[2]);
  for (const command of ["health", "reload"]) {
    const { code, stderr } = await runMynah([command, target]);
    assertEquals(code, 69);
    assertStringIncludes(stderr, "the server there is not mynah");
    for (
      const wrong of [[], ["no sense"], ["udp://localhost"], [target, target]]
    ) {
      assertEquals((await runMynah([command, ...wrong])).code, 64);
    }
  }
});

testWith(["curl"], "curl reads the admin address", async () => {
  await using mynah = await configured(echo);
  const curl = async (...args: string[]) => {
    const path = args.pop();
    const url = `http://${hostPort(mynah.admin)}${path}`;
    return await run(["curl", "-sSf", "--noproxy", "*", ...args, url]);
  };
  assertEquals((await curl("/readyz")).text, "ready\n");
  assertEquals((await curl("-XPOST", "/-/reload")).code, 0);
  Deno.removeSync(mynah.folder.file("mynah.yaml"));
  assertEquals((await curl("-XPOST", "/-/reload")).code, 22);
  assertStringIncludes((await curl("-I", "/metrics")).text, "200 OK");
  assertStringIncludes((await curl("/metrics")).text, "mynah_build_info{");
  assertStringIncludes((await curl("/x")).stderr, "404");
  // A body that nobody asked for, and more of it than is read.
  const body = ["--data-binary", "x".repeat(100_000)];
  assertStringIncludes((await curl(...body, "/healthz")).stderr, "405");
});
