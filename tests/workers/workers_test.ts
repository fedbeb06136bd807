import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import {
  connect,
  echoOn,
  exchangeTcp,
  readAll,
  writeAll,
} from "../support/clients.ts";
import { http, metricsWhen, readMetrics } from "../support/admin.ts";
import { Mynah } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import { ownHost, ownPort } from "../support/networks.ts";
import {
  descriptors,
  EXECUTABLE,
  LINUX,
  ROOT,
  testWith,
} from "../support/needs.ts";
import { TempFolder } from "../support/temp_folder.ts";

const HELLO = new TextEncoder().encode("hello");
const HANG = new TextEncoder().encode("hang");
const DIE = new TextEncoder().encode("die");
const TCP = "tcp://127.0.0.1:0";

function serve(...services: Record<string, unknown>[]): Promise<Mynah> {
  return Mynah.configured({
    workers: 4,
    admin: "127.0.0.1:0",
    services: services.map((service, i) => ({
      name: `s${i}`,
      type: "echo",
      listen: TCP,
      ...service,
    })),
  });
}

/** Connects so many clients at once; resolves to those that are served. */
async function crowd(
  address: Deno.NetAddr,
  size: number,
): Promise<Deno.TcpConn[]> {
  const clients = await Promise.all(
    Array.from({ length: size }, () => connect(address)),
  );
  const served = await Promise.all(clients.map(isServed));
  return clients.filter((client, i) => {
    if (!served[i]) client.close();
    return served[i];
  });
}

async function isServed(client: Deno.TcpConn): Promise<boolean> {
  try {
    return (await echoOn(client, HELLO)).length > 0;
  } catch (error) {
    // Closed before it read what was sent.
    if (
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe
    ) return false;
    throw error;
  }
}

testWith(
  [LINUX, descriptors(1024)],
  "max_connections holds for all workers together, in a rush of connects",
  async () => {
    await using mynah = await serve({ max_connections: 10 });
    const address = mynah.address("tcp");
    const served = await crowd(address, 100);
    assertEquals(served.length, 10);
    const metrics = await readMetrics(mynah.admin);
    assertEquals(metrics.sum("mynah_connections_open"), 10);
    assertEquals(metrics.refused("max_connections"), 90);

    for (const client of served) client.close();
    await mynah.line(/connection ended/, 10);
    assertEquals(
      (await crowd(address, 100)).map((one) => one.close()).length,
      10,
    );
  },
);

testWith(
  [LINUX, descriptors(1024)],
  "max_connections_per_client holds for all workers together",
  async () => {
    await using mynah = await serve({ max_connections_per_client: 7 });
    const served = await crowd(mynah.address("tcp"), 100);
    for (const client of served) client.close();
    assertEquals(served.length, 7);
  },
);

testWith(
  [LINUX],
  "with when_full: wait, all who wait in the workers' queues are served in the end",
  async () => {
    await using mynah = await serve({ max_connections: 3, when_full: "wait" });
    const address = mynah.address("tcp");
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => exchangeTcp(address, HELLO)),
    );
    for (const answer of answers) assertEquals(answer, HELLO);
    assertEquals((await readMetrics(mynah.admin)).refused(), 0);
  },
);

testWith(
  [LINUX, descriptors(1024)],
  "every worker serves, and what they count is counted together",
  async () => {
    await using mynah = await serve({});
    const served = await crowd(mynah.address("tcp"), 200);
    assertEquals(served.length, 200);
    for (const client of served) client.close();
    await mynah.line(/connection ended/, 200);
    const metrics = await readMetrics(mynah.admin);
    assertEquals(metrics.sum("mynah_workers"), 4);
    const bytes = 200 * HELLO.length;
    assertEquals(metrics.sum("mynah_received_bytes_total"), bytes);
    assertEquals(metrics.sum("mynah_sent_bytes_total"), bytes);
    assertEquals(metrics.sum("mynah_connections_open"), 0);
  },
);

testWith([LINUX], "sequential quotes go round over all workers", async () => {
  const inline = ["a", "b", "c", "d", "e"];
  const quotes = { inline, pick: "sequential" };
  await using mynah = await serve({ type: "qotd", quotes });
  const decoder = new TextDecoder();
  for (const quote of [...inline, ...inline]) {
    const answer = await exchangeTcp(mynah.address("tcp"), HELLO);
    assertEquals(decoder.decode(answer), `${quote}\r\n`);
  }
});

testWith(
  [LINUX],
  "a second mynah does not slip in beside workers",
  async () => {
    const listen = `tcp://${ownHost()}:${ownPort()}`;
    await using _first = await serve({ listen });
    const config = {
      workers: 2,
      services: [{ name: "e", type: "echo", listen }],
    };
    const second = await Deno.makeTempFile();
    await Deno.writeTextFile(second, JSON.stringify(config));
    await using other = new Mynah(["serve", "--config", second]);
    assertEquals(await other.ended(), 69);
    assertMatch(other.log, /Cannot bind ".*": address in use/);
    await Deno.remove(second);
  },
);

testWith(
  [LINUX],
  "SIGTERM lets the connections of all workers finish, and logs them all",
  async () => {
    await using mynah = await serve({});
    const clients = await crowd(mynah.address("tcp"), 40);
    mynah.kill("SIGTERM");
    await mynah.line(/stopping open_connections=40/);
    for (const client of clients) {
      assertEquals(await echoOn(client, HELLO), HELLO);
      client.close();
    }
    assertEquals(await mynah.ended(), 0);
    await mynah.line(/connection ended/, 40);
  },
);

testWith(
  [LINUX],
  "--once leaves after the first exchange, however many workers the config has",
  async () => {
    const services = [{ name: "e", type: "echo", listen: TCP }];
    const config = await Deno.makeTempFile();
    await Deno.writeTextFile(config, JSON.stringify({ workers: 2, services }));
    await using mynah = await Mynah.serve(["--config", config, "--once"]);
    await Deno.remove(config);
    assertEquals(await exchangeTcp(mynah.address("tcp"), HELLO), HELLO);
    assertEquals(await mynah.ended(), 0);
  },
);

testWith(
  [LINUX],
  "a changed number of workers is for the next start",
  async () => {
    const config = { services: [{ name: "e", type: "echo", listen: TCP }] };
    await using mynah = await Mynah.configured({ workers: 2, ...config });
    await mynah.reload({ workers: 3, ...config });
    await mynah.line(/warn.*workers/);
  },
);

testWith(
  [LINUX],
  "a worker that dies is replaced, and costs nobody but its clients",
  async () => {
    await using mynah = await Mynah.configured(
      JSON.stringify({
        workers: 2,
        admin: "127.0.0.1:0",
        services: [{
          ...{ name: "m", type: "echo", listen: TCP },
          ...{ max_connections: 20, max_connections_per_client: 20 },
        }],
      }),
      { main: "tests/workers/mortal_main.ts" },
    );
    const address = mynah.address("tcp");
    const open = (count: number) =>
      metricsWhen(mynah, (all) => all.sum("mynah_connections_open") === count);

    const [killer, ...clients] = await crowd(address, 20);
    await open(20);
    await writeAll(killer, DIE);
    await mynah.line(/worker replaced/);
    killer.close();

    const alive: Deno.TcpConn[] = [];
    for (const client of clients) {
      if (await isServed(client)) alive.push(client);
      else client.close();
    }
    assert(alive.length > 0 && alive.length < 19, `${alive.length} of 19 live`);
    await open(alive.length);
    // The places of the dead are free again, for both limits, and no others.
    const newcomers = await crowd(address, 30);
    assertEquals(newcomers.length, 20 - alive.length);
    const metrics = await open(20);
    assertEquals(metrics.sum("mynah_workers_replaced_total"), 1);

    for (const client of [...alive, ...newcomers]) client.close();
    await open(0);
    assertEquals(await mynah.stop(), 0);
  },
);

const MORTAL = JSON.stringify({
  workers: 2,
  admin: "127.0.0.1:0",
  shutdown_grace: "1h",
  services: [{ name: "m", type: "echo", listen: TCP }],
});

testWith([LINUX], "a worker that is stuck is ended and replaced", async () => {
  await using mynah = await Mynah.configured(MORTAL, {
    main: "tests/workers/mortal_main.ts",
  });
  using client = await connect(mynah.address("tcp"));
  await writeAll(client, HANG);
  // Found out when there is something for it to do.
  assertEquals((await http(mynah.admin, "POST", "/-/reload")).status, 200);
  await mynah.line(/worker died.* reason="does not answer"/);
  await mynah.line(/worker replaced/);
  const metrics = await readMetrics(mynah.admin);
  assertEquals(metrics.sum("mynah_workers_replaced_total"), 1);
});

testWith(
  [LINUX],
  "a worker that is stuck does not make a second SIGTERM wait",
  async () => {
    await using mynah = await Mynah.configured(MORTAL, {
      main: "tests/workers/mortal_main.ts",
    });
    using client = await connect(mynah.address("tcp"));
    await writeAll(client, HANG);
    mynah.kill("SIGTERM");
    while ((await http(mynah.admin, "GET", "/readyz")).status === 200);
    const start = performance.now();
    mynah.kill("SIGTERM");
    assertEquals(await mynah.ended(), 0);
    // It would be found out after 3 s at the earliest.
    assertLess(performance.now() - start, 60_000);
  },
);

testWith(
  [LINUX, EXECUTABLE, ROOT, "setpriv", "prlimit"],
  "too few threads for the workers is an error that says so",
  async () => {
    using folder = new TempFolder();
    const config = folder.write(
      "mynah.yaml",
      JSON.stringify({
        workers: 200,
        services: [{ name: "e", type: "echo", listen: TCP }],
      }),
    );
    // Root has no limit, nor has who may change limits: somebody else, with the same files.
    const through = [
      "setpriv",
      `--reuid=${50_000 + Deno.pid % 10_000}`,
      "--bounding-set=-sys_admin,-sys_resource",
      "--inh-caps=+all,-sys_admin,-sys_resource",
      "--ambient-caps=+all,-sys_admin,-sys_resource",
      "prlimit",
      "--nproc=100",
    ];
    const { code, stderr } = await runMynah(["serve", config], { through });
    assertEquals(code, 71, stderr);
    assertMatch(
      stderr,
      /^mynah: Cannot start mynah worker \d+: .*; use fewer "workers"/m,
    );
    assert(!stderr.includes("bug"), stderr);
  },
);

testWith([LINUX], "workers that stop hold nobody's address", async () => {
  const listen = `tcp://${ownHost()}:${ownPort()}`;
  const config = (name: string, address: string) => ({
    workers: 2,
    services: [{ name, type: "echo", listen: address }],
  });
  await using mynah = await Mynah.configured(config("a", listen));
  const [address] = mynah.addresses;
  await mynah.reload(config("a", TCP));
  using taken = Deno.listen({ hostname: address.hostname, port: address.port });
  assertEquals(taken.addr.port, address.port);
  const log = await mynah.reload(config("b", listen));
  assertMatch(log, /reload failed.*address in use/);
  const client = await connect(address);
  client.close();
  (await taken.accept()).close();
  assertEquals((await readAll(client).catch(() => new Uint8Array())).length, 0);
});

testWith(
  [LINUX],
  "whoever workers have refused just before the end is in the log",
  async () => {
    await using mynah = await serve({ deny: ["0.0.0.0/0"] });
    for (let i = 0; i < 20; i++) {
      using client = await connect(mynah.address("tcp"));
      assertEquals((await readAll(client)).length, 0);
    }
    await mynah.stop();
    const lines = mynah.log.split("\n")
      .filter((line) => line.includes("connection refused"));
    const refused = lines.map((line) =>
      1 + Number(/ left_out=(\d+)/.exec(line)?.[1] ?? 0)
    );
    assertEquals(refused.reduce((sum, n) => sum + n, 0), 20);
  },
);
