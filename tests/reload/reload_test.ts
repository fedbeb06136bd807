import {
  assert,
  assertEquals,
  assertMatch,
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
} from "../support/clients.ts";
import { http, readMetrics } from "../support/admin.ts";
import { runMynah } from "../support/cli.ts";
import { ownHost, ownPort } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import { Mynah } from "../support/mynah.ts";
import { testWith } from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const NOTHING = new Uint8Array();
const TCP = "tcp://127.0.0.1:0";
const UDP = "udp://127.0.0.1:0";
const ADMIN = "127.0.0.1:0";
const PORT = ownPort();

const echo = { name: "echo", type: "echo", listen: TCP };

function quotes(...inline: string[]) {
  return {
    name: "quotes",
    type: "qotd",
    listen: TCP,
    quotes: { inline, pick: "sequential" },
  };
}

function at(text: string): Deno.NetAddr {
  const [, transport, hostname, port] = /^(\w+):\/\/(.+):(\d+)$/.exec(text)!;
  return {
    transport: transport as "tcp" | "udp",
    hostname,
    port: Number(port),
  };
}

async function quoteFrom(address: Deno.NetAddr): Promise<string> {
  const bytes = await exchangeTcp(address, NOTHING);
  return new TextDecoder().decode(bytes).trim();
}

/** Sends a word over an open connection, and returns what comes back. */
async function say(client: Deno.TcpConn, word: string): Promise<string> {
  const answer = await echoOn(client, new TextEncoder().encode(word));
  return new TextDecoder().decode(answer);
}

/** Whether a client is closed at once: it reads an end or a reset, but no answer. */
async function isRefused(address: Deno.NetAddr): Promise<boolean> {
  const answer = await exchangeTcp(address, HELLO).catch((error) => {
    const { ConnectionReset, BrokenPipe, NotConnected } = Deno.errors;
    const expected = [ConnectionReset, BrokenPipe, NotConnected];
    if (expected.some((type) => error instanceof type)) return NOTHING;
    throw error;
  });
  return answer.length === 0;
}

Deno.test("SIGHUP, POST /-/reload and `mynah reload` put a changed file to work", async () => {
  await using mynah = await Mynah.configured({
    admin: ADMIN,
    services: [quotes("at start")],
  });
  const [address] = mynah.addresses;
  assertEquals(await quoteFrom(address), "at start");

  assertStringIncludes(
    await mynah.reload({ admin: ADMIN, services: [quotes("by signal")] }),
    "info  reloaded bound=none released=none changed=quotes",
  );
  assertEquals(await quoteFrom(address), "by signal");

  mynah.write({ admin: ADMIN, services: [quotes("by POST")] });
  const { status, body } = await http(mynah.admin, "POST", "/-/reload");
  assertEquals([status, body], [200, "reloaded\n"]);
  assertEquals(await quoteFrom(address), "by POST");

  mynah.write({ admin: ADMIN, services: [quotes("by command")] });
  const { hostname, port } = mynah.admin;
  assertEquals(await runMynah(["reload", `${hostname}:${port}`]), {
    code: 0,
    stdout: "reloaded\n",
    stderr: "",
  });
  assertEquals(await quoteFrom(address), "by command");
});

Deno.test("a bad file changes nothing, and the log has every problem in it", async () => {
  await using mynah = await Mynah.configured({
    admin: ADMIN,
    services: [quotes("one", "two", "three", "four")],
  });
  const [address] = mynah.addresses;
  assertEquals(await quoteFrom(address), "one");

  const line = await mynah.reload({
    admin: "secret-place",
    services: [{ ...quotes("other"), lisen: TCP }, { type: "echoo" }],
  });
  assertStringIncludes(
    line,
    "error reload failed; still serving the previous config problems=",
  );
  for (
    const problem of [
      'admin: found \\"secret-place\\", expected HOST:PORT',
      'services[0].lisen: unknown key; did you mean \\"listen\\"?',
      "services[1].name: missing",
      "services[1].listen: missing",
      'services[1].type: found \\"echoo\\"',
    ]
  ) assertStringIncludes(line, problem);
  assertEquals(await quoteFrom(address), "two");

  const { status, body } = await http(mynah.admin, "POST", "/-/reload");
  assertEquals(status, 422);
  assertMatch(body, /^reload failed:\n.*"secret-place".*\n/);
  assertEquals(body.split("\n").length, 7);
  const { hostname, port } = mynah.admin;
  const { code, stderr } = await runMynah(["reload", `${hostname}:${port}`]);
  assertEquals(code, 78);
  assertStringIncludes(stderr, "services[1].listen: missing");

  const metrics = await readMetrics(mynah.admin);
  const reloads = "mynah_reloads_total";
  assertEquals(metrics.value(reloads, { result: "failure" }), 3);
  assertEquals(metrics.value(reloads, { result: "success" }), 0);
  assertEquals(metrics.value("mynah_config_last_reload_successful"), 0);
  assertEquals(await quoteFrom(address), "three");
});

Deno.test("a file that has gone, is empty or no YAML changes nothing", async () => {
  const config = { admin: ADMIN, services: [echo] };
  await using mynah = await Mynah.configured(config);
  assertStringIncludes(await mynah.reload("a: [1"), "line 1, column 4: ");
  assertStringIncludes(await mynah.reload(""), "holds no settings");
  Deno.removeSync(mynah.folder.file("mynah.yaml"));
  assertStringIncludes(await mynah.reload(), "no such file");
  assertEquals(await exchangeTcp(mynah.address("tcp"), HELLO), HELLO);

  assertStringIncludes(await mynah.reload(config), "info  reloaded");
  const metrics = await readMetrics(mynah.admin);
  assertEquals(metrics.value("mynah_config_last_reload_successful"), 1);
});

testWith(
  ["mkfifo"],
  "a file that became a pipe without a writer holds up nobody",
  async () => {
    await using mynah = await Mynah.configured({ services: [echo] });
    const { folder } = mynah;
    const file = folder.file("mynah.yaml");
    Deno.removeSync(file);
    await run(["mkfifo", file]);
    mynah.kill("SIGHUP");
    for (let i = 0; i < 50; i++) {
      assertEquals(await exchangeTcp(mynah.address("tcp"), HELLO), HELLO);
    }
    assertEquals(await mynah.stop(), 0);
  },
);

Deno.test("a new address that cannot be bound undoes the whole reload", async () => {
  const host = ownHost();
  using _taken = Deno.listen({ hostname: host, port: PORT });
  await using mynah = await Mynah.configured({
    admin: ADMIN,
    services: [quotes("one", "two")],
  });
  const [address] = mynah.addresses;
  assertEquals(await quoteFrom(address), "one");

  const fine = `tcp://${host}:${ownPort()}`;
  const line = await mynah.reload({
    services: [
      { ...quotes("other"), deny: ["127.0.0.1"] },
      { ...echo, listen: [fine, `tcp://${host}:${PORT}`] },
    ],
  });
  assertStringIncludes(
    line,
    `Cannot bind \\"tcp://${host}:${PORT}\\": address in use`,
  );
  await assertRejects(
    () => connect(at(fine)),
    Deno.errors.ConnectionRefused,
  );
  assertEquals(await quoteFrom(address), "two");
  assertEquals((await http(mynah.admin, "GET", "/readyz")).status, 200);
});

Deno.test("a service that did not change goes on where it was", async () => {
  const unchanged = quotes("one", "two", "three");
  await using mynah = await Mynah.configured({
    services: [unchanged, { ...echo, listen: [TCP, UDP] }],
  });
  const [quoteAddress, tcp, udp] = mynah.addresses;
  using client = await connect(tcp);
  assertEquals(await say(client, "before"), "before");
  assertEquals(await quoteFrom(quoteAddress), "one");

  for (const max_connections of [10, 20]) {
    const changed = { ...echo, listen: [TCP, UDP], max_connections };
    await mynah.reload({ services: [unchanged, changed] });
  }
  assertEquals(await quoteFrom(quoteAddress), "two");
  assertEquals(await say(client, "after"), "after");
  assertEquals(await exchangeUdp(udp, HELLO), HELLO);
});

Deno.test("clients in the queue of an address outlast a reload", async () => {
  const listen = `tcp://${ownHost()}:${PORT}`;
  const narrow = { ...echo, listen, max_connections: 1, when_full: "wait" };
  await using mynah = await Mynah.configured({ services: [narrow] });
  const address = at(listen);
  const holder = await connect(address);
  assertEquals(await say(holder, "in"), "in");
  const queued = await Promise.all(
    Array.from({ length: 20 }, () => connect(address)),
  );
  await mynah.reload({ services: [narrow, quotes("another service")] });
  await mynah.reload({ services: [{ ...narrow, name: "renamed" }] });
  assertEquals(await say(holder, "still in"), "still in");

  holder.close();
  // One after the other, in whatever order their threads let them.
  await Promise.all(queued.map(async (client) => {
    assertEquals(await say(client, "my turn"), "my turn");
    client.close();
  }));
});

Deno.test("a service that moves is always at one of its addresses", async () => {
  const host = ownHost();
  const places = [ownPort(), ownPort()].map((port) => `tcp://${host}:${port}`);
  const config = (i: number) => ({
    services: [{ ...echo, listen: places[i % 2] }],
  });
  await using mynah = await Mynah.configured(config(0));
  for (let i = 1; i <= 20; i++) {
    const [before, after] = [places[(i - 1) % 2], places[i % 2]].map(at);
    let moved = false;
    const reloading = mynah.reload(config(i)).finally(() => moved = true);
    const keepAsking = async () => {
      while (!moved) {
        // A pause, or on a busy machine the asking keeps the reload from its turn.
        await new Promise((resolve) => setTimeout(resolve, 1));
        try {
          (await connect(before)).close();
        } catch (error) {
          // Reset: it was still in the queue of the address when that closed. Deno may notice only when it asks who the other side is.
          const { ConnectionRefused, ConnectionReset, NotConnected } =
            Deno.errors;
          const isGone = [ConnectionRefused, ConnectionReset, NotConnected]
            .some((type) => error instanceof type);
          if (!isGone) throw error;
          assertEquals(await exchangeTcp(after, HELLO), HELLO);
        }
      }
    };
    await Promise.all([reloading, keepAsking()]);
    assertEquals(await exchangeTcp(after, HELLO), HELLO);
  }
});

Deno.test("a service that is removed accepts no more and lets its clients finish", async () => {
  const gone = { ...echo, name: "gone", listen: [TCP, UDP] };
  await using mynah = await Mynah.configured({ services: [echo, gone] });
  const [, tcp, udp] = mynah.addresses;
  using client = await connect(tcp);
  assertEquals(await say(client, "before"), "before");

  const line = await mynah.reload({ services: [echo] });
  assertStringIncludes(
    line,
    `released=tcp://127.0.0.1:${tcp.port},udp://127.0.0.1:${udp.port}`,
  );
  await assertRejects(() => connect(tcp), Deno.errors.ConnectionRefused);
  Deno.listenDatagram({ ...udp, transport: "udp" }).close();
  assertEquals(await say(client, "after"), "after");
  await client.closeWrite();
  assertEquals(await readAll(client), NOTHING);
  await mynah.line(/connection ended service=gone .*client closed/);
});

Deno.test("changed access rules and limits hold from the next client on", async () => {
  const open = { ...echo, listen: [TCP, UDP] };
  const config = (settings: object) => ({
    admin: ADMIN,
    services: [{ ...open, ...settings }],
  });
  await using mynah = await Mynah.configured(config({}));
  const [tcp, udp] = mynah.addresses;
  using client = await connect(tcp);
  assertEquals(await say(client, "before"), "before");

  await mynah.reload(config({ deny: ["127.0.0.0/8"] }));
  assert(await isRefused(tcp));
  using socket = new UdpClient(udp);
  await socket.send(HELLO);
  await mynah.line(/datagram not answered .*reason=denied/);
  assertEquals(await say(client, "still in"), "still in");

  await mynah.reload(config({ max_connections_per_client: 1 }));
  assert(await isRefused(tcp));
  assertEquals(await exchangeUdp(udp, HELLO), HELLO);

  await mynah.reload(config({}));
  assertEquals(await exchangeTcp(tcp, HELLO), HELLO);
  const refused = (await readMetrics(mynah.admin)).samples(
    "mynah_connections_refused_total",
  );
  assertEquals(
    refused.map(({ labels, value }) => [labels.reason, value]),
    [
      ["denied", 1],
      ["max_connections", 0],
      ["max_connections_per_client", 1],
      ["proxy_header_malformed", 0],
      ["proxy_header_timeout", 0],
    ],
  );
});

Deno.test("an address moves from one service to another without a gap", async () => {
  const listen = [`tcp://${ownHost()}:${PORT}`, `udp://${ownHost()}:${PORT}`];
  const [tcp, udp] = listen.map(at);
  const other = { ...quotes("a quote"), listen };
  await using mynah = await Mynah.configured({
    services: [{ ...echo, listen }, quotes("elsewhere")],
  });
  using client = await connect(tcp);
  assertEquals(await say(client, "before"), "before");

  const line = await mynah.reload({
    services: [echo, { ...other, name: "new" }],
  });
  assert(!line.includes(PORT.toString()), line);
  assertEquals(await quoteFrom(tcp), "a quote");
  const quote = new TextDecoder().decode(await exchangeUdp(udp, HELLO));
  assertEquals(quote, "a quote\r\n");
  assertEquals(await say(client, "after"), "after");
});

Deno.test("an address gives way to one that takes it in", async () => {
  await using mynah = await Mynah.configured({
    services: [{ ...echo, listen: [TCP, UDP] }],
  });
  const [tcp, udp] = mynah.addresses;
  using client = await connect(tcp);
  assertEquals(await say(client, "before"), "before");
  const line = await mynah.reload({
    services: [{
      ...echo,
      listen: [`tcp://0.0.0.0:${tcp.port}`, `udp://0.0.0.0:${udp.port}`],
    }],
  });
  assertStringIncludes(line, "info  reloaded");
  assertEquals(await exchangeTcp(tcp, HELLO), HELLO);
  assertEquals(await exchangeUdp(udp, HELLO), HELLO);
  assertEquals(await say(client, "still here"), "still here");
});

Deno.test("a quotes file that changed is read again, and its long quotes are reported", async () => {
  const service = { ...quotes(), quotes: { file: "quotes.txt" } };
  const config = { services: [service] };
  await using mynah = await Mynah.configured(config, {
    files: { "quotes.txt": "from the file\n" },
  });
  const { folder } = mynah;
  const [address] = mynah.addresses;
  assertEquals(await quoteFrom(address), "from the file");
  assertStringIncludes(await mynah.reload(), "changed=none");

  folder.write("quotes.txt", `from the new file\n%\n${"long ".repeat(200)}\n`);
  assertStringIncludes(await mynah.reload(), "changed=quotes");
  assertEquals(await quoteFrom(address), "from the new file");
  assertStringIncludes(mynah.log, "1 quote left out: longer than 511 bytes");

  Deno.removeSync(folder.file("quotes.txt"));
  assertStringIncludes(await mynah.reload(), "no such file");
  assertEquals(await quoteFrom(address), "from the new file");
});

Deno.test("the log takes its new level and format", async () => {
  const config = (log: object) => ({
    admin: ADMIN,
    log,
    services: [{ ...echo, listen: [TCP, UDP] }],
  });
  await using mynah = await Mynah.configured(config({ level: "info" }));
  const [tcp, udp] = mynah.addresses;
  const line = await mynah.reload(config({ format: "json" }));
  assertEquals(JSON.parse(line).message, "reloaded");

  await mynah.reload(config({ format: "json", level: "debug" }));
  await exchangeUdp(udp, HELLO);
  const answered = JSON.parse(await mynah.line(/datagram answered/));
  assertEquals([answered.level, answered.bytes_in], ["debug", HELLO.length]);

  const before = mynah.log;
  mynah.write(config({ level: "warn" }));
  await http(mynah.admin, "POST", "/-/reload");
  await exchangeTcp(tcp, HELLO);
  await mynah.stop();
  const after = mynah.log.slice(before.length);
  assert(!after.includes("connection ended service=echo"), after);
  assert(!after.includes("reloaded"), after);
  assert(!after.includes("info"), after);
});

Deno.test("the admin address comes, moves and goes", async () => {
  const host = ownHost();
  const places = [ownPort(), ownPort()].map((port) => `${host}:${port}`);
  const [first, second] = places.map((place) => at(`tcp://${place}`));
  const healthOf = async (address: Deno.NetAddr) =>
    (await http(address, "GET", "/healthz")).status;
  const { ConnectionRefused } = Deno.errors;
  await using mynah = await Mynah.configured({ services: [echo] });
  await assertRejects(() => healthOf(first), ConnectionRefused);

  await mynah.reload({ admin: places[0], services: [echo] });
  assertEquals(await healthOf(first), 200);

  await mynah.reload({ admin: places[1], services: [echo] });
  await assertRejects(() => healthOf(first), ConnectionRefused);
  assertEquals(await healthOf(second), 200);

  await mynah.reload({ services: [echo] });
  await assertRejects(() => healthOf(second), ConnectionRefused);
});

Deno.test("the shutdown grace is that of the last reload", async () => {
  const config = (shutdown_grace: string) => ({
    shutdown_grace,
    services: [echo],
  });
  await using mynah = await Mynah.configured(config("168h"));
  using client = await connect(mynah.address("tcp"));
  assertEquals(await say(client, "before"), "before");
  await mynah.reload(config("1ms"));
  assertEquals(await mynah.stop(), 0);
  assertStringIncludes(mynah.log, "grace=1ms");
  assertStringIncludes(mynah.log, "reason=shutdown");
});
