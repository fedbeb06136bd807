// mynah's small services beside xinetd's own, asked by the same clients.

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  connect,
  exchangeTcp,
  exchangeUdp,
  readExactly,
  UdpClient,
} from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { testWith, UNIX } from "../support/needs.ts";
import { run } from "../support/programs.ts";
import { nobody } from "../support/servers.ts";
import { TempFolder } from "../support/temp_folder.ts";

const TYPES = ["discard", "daytime", "time", "chargen"] as const;
type Type = typeof TYPES[number];
type Transport = "tcp" | "udp";
type Addresses = Readonly<
  Record<Transport, Readonly<Record<Type, Deno.NetAddr>>>
>;

const NOTHING = new Uint8Array();
const START_MS = 20_000;
/** RFC 868: from 1900 to 1970. */
const SECONDS_TO_1970 = 2_208_988_800;

interface Server extends AsyncDisposable {
  readonly name: string;
  readonly addresses: Addresses;
}

function byType(
  address: (transport: Transport, type: Type) => Deno.NetAddr,
): Addresses {
  const of = (transport: Transport) =>
    Object.fromEntries(
      TYPES.map((type) => [type, address(transport, type)]),
    ) as Addresses["tcp"];
  return { tcp: of("tcp"), udp: of("udp") };
}

async function startMynah(): Promise<Server> {
  const mynah = await Mynah.configured({
    services: TYPES.map((type) => ({
      name: type,
      type,
      listen: type === "chargen"
        ? ["tcp://127.0.0.1:0"]
        : ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"],
      ...(type === "daytime" ? { format: "classic" } : {}),
    })),
  });
  const bound = (transport: Transport) =>
    mynah.addresses.filter((address) => address.transport === transport);
  const addresses = byType((transport, type) =>
    bound(transport)[TYPES.indexOf(type)]
  );
  const end = () => mynah[Symbol.asyncDispose]();
  return { name: "mynah", addresses, [Symbol.asyncDispose]: end };
}

async function startXinetd(): Promise<Server> {
  const addresses = byType((transport) => nobody(transport));
  const folder = new TempFolder();
  const config = (["tcp", "udp"] as const).flatMap((transport) =>
    TYPES.map((type) =>
      `service ${type}
{
  id = ${type}-${transport}
  type = INTERNAL UNLISTED
  socket_type = ${transport === "tcp" ? "stream" : "dgram"}
  protocol = ${transport}
  wait = ${transport === "tcp" ? "no" : "yes"}
  user = ${Deno.uid()}
  bind = 127.0.0.1
  port = ${addresses[transport][type].port}
  cps = 10000 1
}
`
    )
  );
  const file = folder.write("xinetd.conf", config.join(""));
  const child = new Deno.Command("xinetd", {
    // It removes its pid file when it ends: never give it a device.
    args: ["-dontfork", "-f", file, "-pidfile", folder.file("pid")],
    env: { TZ: "UTC" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const end = async () => {
    child.kill("SIGTERM");
    await child.status;
    folder[Symbol.dispose]();
  };
  const deadline = Date.now() + START_MS;
  for (const type of TYPES) {
    while (true) {
      try {
        (await connect(addresses.tcp[type])).close();
        break;
      } catch (error) {
        if (Date.now() < deadline) continue;
        await end();
        throw error;
      }
    }
  }
  return { name: "xinetd", addresses, [Symbol.asyncDispose]: end };
}

/** Both servers' answers are of one form, and of the time at which they were asked. */
async function assertTime({ addresses: { tcp, udp } }: Server): Promise<void> {
  const before = Math.floor(Date.now() / 1000);
  const lines = [
    await exchangeTcp(tcp.daytime, NOTHING),
    await exchangeUdp(udp.daytime, NOTHING),
  ].map((bytes) => new TextDecoder().decode(bytes));
  // mynah writes what inetd does, xinetd the other form that RFC 867 names.
  for (const line of lines) {
    assertMatch(
      line,
      /^(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 20\d\d|[ \d]\d [A-Z]{3} 20\d\d \d\d:\d\d:\d\d UTC)\r\n$/,
    );
  }
  const seconds = [
    ...lines.map((line) =>
      Date.parse(`${line.replace("UTC", "").trim()} UTC`) / 1000
    ),
    ...[
      await exchangeTcp(tcp.time, NOTHING),
      await exchangeUdp(udp.time, NOTHING),
    ].map((bytes) => {
      assertEquals(bytes.length, 4);
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) -
        SECONDS_TO_1970;
    }),
  ];
  const after = Math.floor(Date.now() / 1000);
  for (const one of seconds) {
    assert(before <= one && one <= after, `${before} ${one} ${after}`);
  }
}

async function assertDiscard(
  { addresses: { tcp, udp } }: Server,
): Promise<void> {
  const answer = await exchangeTcp(tcp.discard, new Uint8Array(200_000));
  assertEquals(answer.length, 0);
  using client = new UdpClient(udp.discard);
  await client.send(new Uint8Array(10));
  // By then it would have answered.
  await exchangeUdp(udp.time, NOTHING);
  assert(await client.heardNothing());
}

async function assertChargen({ addresses: { tcp } }: Server): Promise<void> {
  using connection = await connect(tcp.chargen);
  const bytes = await readExactly(connection, 74 * 200);
  const lines = new TextDecoder().decode(bytes).split("\r\n").slice(0, -1);
  assertEquals(new Set(lines.map(({ length }) => length)), new Set([72]));
  for (const [i, line] of lines.slice(1).entries()) {
    // xinetd's lines go one character back where RFC 864's example goes one on.
    const [one, other] = [lines[i], line].sort();
    assert(
      one.slice(1) === other.slice(0, -1) ||
        other.slice(1) === one.slice(0, -1),
      `${lines[i]}\n${line}`,
    );
  }
}

for (const start of [startMynah, startXinetd]) {
  testWith(
    start === startXinetd ? ["xinetd", UNIX] : [],
    `daytime, time, discard and chargen answer clients alike: ${
      start === startXinetd ? "xinetd" : "mynah"
    }`,
    async () => {
      await using server = await start();
      await assertTime(server);
      await assertDiscard(server);
      await assertChargen(server);
    },
  );
}

testWith(
  ["xinetd", "rdate", "nc.openbsd", UNIX],
  "rdate and nc get the same from mynah and xinetd",
  async () => {
    await using mynah = await startMynah();
    await using xinetd = await startXinetd();
    const shapes = await Promise.all([mynah, xinetd].map(
      async ({ addresses: { tcp } }) => {
        const { hostname, port } = tcp.time;
        const rdate = await run(["rdate", "-p", "-o", `${port}`, hostname]);
        const { port: daytime } = tcp.daytime;
        const nc = await run(["nc.openbsd", "-w1", hostname, `${daytime}`]);
        return [
          rdate.code,
          rdate.text.replaceAll(/\d+/g, "N"),
          nc.code,
          nc.text.split("\r\n").length,
        ];
      },
    ));
    assertEquals(shapes[0], shapes[1]);
  },
);
