import { assert, assertEquals, assertMatch } from "@std/assert";
import { pattern } from "../../src/services/chargen.ts";
import { connect, exchangeTcp, exchangeUdp } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import { run } from "../support/programs.ts";
import { metricsWhen } from "../support/admin.ts";
import { testWith } from "../support/needs.ts";

const CONFIG = `
log: { level: debug }
admin: 127.0.0.1:0
services:
  - { name: d, type: discard, listen: [tcp://127.0.0.1:0, udp://127.0.0.1:0] }
  - { name: day, type: daytime, format: classic, listen: [tcp://127.0.0.1:0, udp://127.0.0.1:0] }
  - { name: t, type: time, listen: [tcp://127.0.0.1:0, udp://127.0.0.1:0] }
  - { name: c, type: chargen, listen: tcp://127.0.0.1:0, idle_timeout: 1s, max_connections: 1 }
`;

function addressOf(mynah: Mynah, i: number): Deno.NetAddr {
  return mynah.addresses[i];
}
const [DISCARD, DISCARD_UDP, DAYTIME, DAYTIME_UDP, TIME, TIME_UDP, CHARGEN] = [
  ...[0, 1, 2, 3, 4, 5, 6],
];

Deno.test("discard takes everything over TCP until the caller closes, and answers nothing", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  const sent = new Uint8Array(300_000);
  const address = addressOf(mynah, DISCARD);
  assertEquals((await exchangeTcp(address, sent)).length, 0);
  assertMatch(
    await mynah.line(/connection ended service=d /),
    / bytes_in=300000 bytes_out=0 /,
  );
});

Deno.test("discard takes datagrams in silence, which is neither a drop nor a warning", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  const { hostname, port } = addressOf(mynah, DISCARD_UDP);
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname,
    port: 0,
  });
  try {
    for (let i = 0; i < 5; i++) {
      await socket.send(new Uint8Array(10), {
        transport: "udp",
        hostname,
        port,
      });
    }
    const received = "mynah_datagrams_received_total";
    const metrics = await metricsWhen(
      mynah,
      (metrics) => metrics.sum(received, { service: "d" }) === 5,
    );
    assertEquals([metrics.dropped(), metrics.answered], [0, 0]);
  } finally {
    socket.close();
  }
  assertEquals(await mynah.stop(), 0);
  assert(!/ (warn|error) /.test(mynah.log), mynah.log);
});

Deno.test("daytime and time say the same time over TCP and UDP", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  const nothing = new Uint8Array();
  const before = Math.floor(Date.now() / 1000);
  const answers = {
    daytime: [
      await exchangeTcp(addressOf(mynah, DAYTIME), nothing),
      await exchangeUdp(addressOf(mynah, DAYTIME_UDP), nothing),
    ],
    time: [
      await exchangeTcp(addressOf(mynah, TIME), nothing),
      await exchangeUdp(addressOf(mynah, TIME_UDP), nothing),
    ],
  };
  const after = Math.floor(Date.now() / 1000);
  const seconds = [
    ...answers.daytime.map((bytes) => new TextDecoder().decode(bytes))
      .map((line) => Date.parse(`${line.trimEnd()} UTC`) / 1000),
    ...answers.time.map((bytes) =>
      new DataView(bytes.buffer).getUint32(0) - 2_208_988_800
    ),
  ];
  for (const one of seconds) assert(before <= one && one <= after, `${one}`);
});

Deno.test("chargen sends the pattern for as long as the caller reads, whatever it sends", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  const expected = pattern();
  using connection = await connect(addressOf(mynah, CHARGEN));
  await connection.write(new Uint8Array(1000));
  await connection.closeWrite();
  const buffer = new Uint8Array(16 * 1024);
  let at = 0;
  while (at < 1_000_000) {
    const length = await connection.read(buffer);
    assert(length !== null);
    for (let i = 0; i < length; i++, at++) {
      if (buffer[i] !== expected[at % expected.length]) {
        throw new Error(`byte ${at} is wrong`);
      }
    }
  }
});

// Of a full service: where there is room, a slow reader has longer.
Deno.test("chargen waits for a caller that does not read, until idle_timeout", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  using _connection = await connect(addressOf(mynah, CHARGEN));
  const line = await mynah.line(/connection ended service=c .*idle timeout/);
  const [, sent] = /bytes_out=(\d+)/.exec(line)!;
  // What the system's buffers hold, and no more.
  assert(Number(sent) < 64 * 1024 * 1024, line);
});

Deno.test("chargen beside it leaves an echo alone", async () => {
  await using mynah = await Mynah.configured(`${CONFIG}
  - { name: e, type: echo, listen: tcp://127.0.0.1:0 }`);
  using flood = await connect(addressOf(mynah, CHARGEN));
  let reading = true;
  const drained = (async () => {
    const buffer = new Uint8Array(64 * 1024);
    while (reading && await flood.read(buffer) !== null);
  })();
  const bytes = new TextEncoder().encode("still here");
  for (let i = 0; i < 20; i++) {
    assertEquals(await exchangeTcp(addressOf(mynah, 7), bytes), bytes);
  }
  reading = false;
  await drained;
});

Deno.test("chargen over UDP is refused, and the error says why", async () => {
  const listen = "chargen=udp://127.0.0.1:19";
  const { code, stderr } = await runMynah(["serve", "--service", listen]);
  assertEquals(code, 64);
  assertMatch(
    stderr,
    /found "udp:\/\/127\.0\.0\.1:19", expected a tcp:\/\/ address: chargen .*CA-1996-01/,
  );
});

testWith(["rdate"], "rdate reads the time over TCP and UDP", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  for (const [i, flags] of [[TIME, "-p"], [TIME_UDP, "-pu"]] as const) {
    const { hostname, port } = addressOf(mynah, i);
    const ran = await run(["rdate", flags, "-o", `${port}`, hostname]);
    assertEquals([ran.code, ran.stderr], [0, ""]);
    assertMatch(ran.text, /\b20\d\d\b/);
  }
});

testWith(["nc.openbsd"], "nc reads the daytime over TCP and UDP", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  for (const [i, flags] of [[DAYTIME, "-w1"], [DAYTIME_UDP, "-uw1"]] as const) {
    const { hostname, port } = addressOf(mynah, i);
    const ran = await run(["nc.openbsd", flags, hostname, `${port}`], "\n");
    assertMatch(ran.text, /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 20\d\d\r\n$/);
  }
});

testWith(["nmap"], "nmap names daytime and chargen", async () => {
  await using mynah = await Mynah.configured(CONFIG);
  const named = await Promise.all([DAYTIME, CHARGEN].map(async (i) => {
    const { hostname, port } = addressOf(mynah, i);
    const args = ["-sV", "-Pn", "-n", "-p", `${port}`, hostname];
    const { text } = await run(["nmap", ...args], "", 120_000);
    return /^\d+\/tcp open +(\S+)/m.exec(text)?.[1];
  }));
  assertEquals(named, ["daytime", "chargen"]);
});
