import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatProxyHeader } from "../../src/base/proxy_header.ts";
import {
  connect,
  exchangeTcp,
  exchangeUdp,
  readAll,
  UdpClient,
  writeAll,
} from "../support/clients.ts";
import { runMynah } from "../support/cli.ts";
import { Mynah, services } from "../support/mynah.ts";
import { IPV6, testWith } from "../support/needs.ts";

const NOTHING = new Uint8Array();
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const BOTH = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];

function configOf(settings: object, listen: string | string[] = BOTH) {
  return {
    admin: "127.0.0.1:0",
    services: [{ name: "who", type: "whoami", listen, ...settings }],
  };
}

function serve(settings: object, listen?: string): Promise<Mynah> {
  return Mynah.configured(configOf(settings, listen));
}

/** One answer of each kind, and the address that asked. */
async function ask(mynah: Mynah) {
  using connection = await connect(mynah.address("tcp"));
  const { localAddr } = connection;
  const tcp = decode(await readAll(connection));
  using client = new UdpClient(mynah.address("udp"));
  await client.send(NOTHING);
  const udp = decode(await client.receive());
  return {
    tcp: { answer: tcp, from: localAddr as Deno.NetAddr },
    udp: { answer: udp, from: client.address },
  };
}

Deno.test("whoami says in lines who answered and whom it saw", async () => {
  await using mynah = await serve({ labels: { zone: "eu-1", "a.b/c": "" } });
  const asked = await ask(mynah);
  for (const [i, transport] of (["tcp", "udp"] as const).entries()) {
    const { answer, from } = asked[transport];
    assertEquals(answer.split("\r\n"), [
      `hostname: ${Deno.hostname()}`,
      "service: who",
      `transport: ${transport}`,
      `local: 127.0.0.1:${mynah.address(transport).port}`,
      `client: 127.0.0.1:${from.port}`,
      `connection: ${i + 1}`,
      "label.zone: eu-1",
      "label.a.b/c: ",
      "",
    ]);
  }
});

Deno.test("whoami's JSON is one object with a version", async () => {
  await using mynah = await serve({ format: "json", labels: { zone: 1 } });
  const asked = await ask(mynah);
  for (const [i, transport] of (["tcp", "udp"] as const).entries()) {
    const { answer, from } = asked[transport];
    assertMatch(answer, /^\{.*\}\r\n$/);
    assertEquals(JSON.parse(answer), {
      version: 1,
      hostname: Deno.hostname(),
      service: "who",
      transport,
      local: { address: "127.0.0.1", port: mynah.address(transport).port },
      client: { address: "127.0.0.1", port: from.port },
      connection: i + 1,
      labels: { zone: "1" },
    });
  }
});

Deno.test("whoami hides what it is told to", async () => {
  const hide = ["hostname", "local", "client", "connection", "labels"];
  const settings = { hide, labels: { secret: "x" } };
  await using text = await serve(settings);
  assertEquals(
    (await ask(text)).tcp.answer,
    "service: who\r\ntransport: tcp\r\n",
  );
  await using json = await serve({ ...settings, format: "json" });
  assertEquals(JSON.parse((await ask(json)).udp.answer), {
    version: 1,
    service: "who",
    transport: "udp",
  });
});

Deno.test("whoami names the client of a PROXY header, and the load balancer", async () => {
  await using mynah = await serve({
    proxy_protocol: "127.0.0.1",
    format: "json",
  });
  using connection = await connect(mynah.address("tcp"));
  const { port } = connection.localAddr as Deno.NetAddr;
  await writeAll(
    connection,
    formatProxyHeader(2, { hostname: "2001:db8::1", port: 4711 }, {
      hostname: "2001:db8::2",
      port: 7,
    }),
  );
  const { client, via } = JSON.parse(decode(await readAll(connection)));
  assertEquals([client, via], [
    { address: "2001:db8::1", port: 4711 },
    { address: "127.0.0.1", port },
  ]);
});

testWith(
  [IPV6],
  "whoami writes an IPv4 client of an IPv6 socket as what it is",
  async () => {
    await using mynah = await serve({ format: "json" }, "tcp://*:0");
    const { port } = mynah.address("tcp");
    for (const hostname of ["127.0.0.1", "::1"]) {
      const answer = decode(
        await exchangeTcp({ transport: "tcp", hostname, port }, NOTHING),
      );
      const { local, client } = JSON.parse(answer);
      assertEquals([local.address, client.address], [hostname, hostname]);
    }
  },
);

Deno.test("labels come from files, which a reload reads again, and from the command line, which wins", async () => {
  const labels = { zone: { file: "zone" }, node: "config", pod: "p-1" };
  const config = configOf({ labels, hide: "hostname" });
  await using mynah = await Mynah.configured(config, {
    files: { zone: "eu-1\n" },
    args: ["--label", "node=n=7", "--label", "empty="],
  });
  const labelsNow = async () =>
    (await ask(mynah)).tcp.answer.split("\r\n")
      .filter((line) => line.startsWith("label."));
  const others = ["label.node: n=7", "label.pod: p-1", "label.empty: "];
  assertEquals(await labelsNow(), ["label.zone: eu-1", ...others]);

  mynah.folder.write("zone", "us-2");
  assertMatch(await mynah.reload(), /changed=who$/);
  assertEquals(await labelsNow(), ["label.zone: us-2", ...others]);

  mynah.folder.write("zone", "two\nlines");
  assertMatch(
    await mynah.reload(),
    /services\[0\]\.labels\.zone\.file: .*expected one line without control characters/,
  );
  assertEquals(await labelsNow(), ["label.zone: us-2", ...others]);
});

Deno.test("a label without a config file", async () => {
  await using mynah = await Mynah.serve([
    ...services("whoami=tcp://127.0.0.1:0", "whoami=udp://127.0.0.1:0"),
    "--label",
    "node=n-1",
  ]);
  const { tcp, udp } = await ask(mynah);
  for (const { answer } of [tcp, udp]) {
    assertMatch(answer, /^label\.node: n-1\r$/m);
  }
});

const BAD: readonly (readonly [readonly string[], RegExp])[] = [
  [["zone"], /Cannot read label "zone": expected NAME=VALUE/],
  [["=x"], /Cannot read label "=x": expected a name of letters/],
  [["a b=x"], /Cannot read label "a b=x": expected a name of letters/],
  [["a=x\ny"], /Cannot read label ".*": expected one line without control/],
  [["a=x", "a=y"], /Label "a" is given twice/],
];

for (const [labels, message] of BAD) {
  Deno.test(`serve refuses the labels ${JSON.stringify(labels)}`, async () => {
    const { code, stderr } = await runMynah([
      "serve",
      ...services("whoami=tcp://127.0.0.1:0"),
      ...labels.flatMap((label) => ["--label", label]),
    ]);
    assertEquals(code, 64);
    assertMatch(stderr, message);
  });
}

Deno.test("over UDP whoami sends one datagram for one, within the budget of bytes", async () => {
  await using mynah = await serve({
    labels: { long: "x".repeat(900) },
    udp_replies_per_second: 1000,
  });
  const answer = await exchangeUdp(mynah.address("udp"), NOTHING);
  assert(answer.length > 900 && answer.length < 1472, `${answer.length}`);
});
