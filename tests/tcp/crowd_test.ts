import { assertEquals, assertLess } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import {
  connect,
  exchangeTcp,
  pseudoRandomBytes,
  writeAll,
} from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { metricsWhen, readMetrics } from "../support/admin.ts";
import {
  descriptors,
  LINUX,
  LOOPBACK_NET,
  testWith,
} from "../support/needs.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const IDLE = 10_000;
/** Besides its connections, a process has these. */
const OTHER_DESCRIPTORS = 100;

function serveEcho(listen: string): Promise<Mynah> {
  const yaml = `
admin: 127.0.0.1:0
services: [{ name: echo, type: echo, listen: "${listen}" }]
`;
  return Mynah.configured(yaml);
}

/** Starts `hold.ts`. */
function startCrowd(count: number, port: number): Deno.ChildProcess {
  const hostnames = ["127.0.0.1", "127.0.0.2"];
  const script = ["--allow-net", "tests/tcp/hold.ts", `${count}`, `${port}`];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...script, ...hostnames],
    cwd: new URL("../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
}

testWith(
  // Only Linux says how much memory a process has. Two addresses: the ports of one client for one server may not suffice.
  [LINUX, LOOPBACK_NET, descriptors(IDLE + OTHER_DESCRIPTORS)],
  "ten thousand idle connections are held, each in bounded memory",
  async () => {
    await using mynah = await serveEcho("tcp://0.0.0.0:0");
    const before = mynah.memory();
    const crowd = startCrowd(IDLE, mynah.address("tcp").port);
    const stdout = crowd.stdout.pipeThrough(new TextDecoderStream());
    const said = stdout[Symbol.asyncIterator]();
    assertEquals((await said.next()).value, "holding\n");

    const metrics = await readMetrics(mynah.admin);
    const labels = { service: "echo" };
    assertEquals(metrics.sum("mynah_connections_open", labels), IDLE);
    assertLess((mynah.memory() - before) / IDLE, 32 * KIB);
    const bytes = pseudoRandomBytes(5 * MIB);
    assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);

    await crowd.stdin.close();
    assertEquals((await said.next()).value, "still there\n");
    await said.next();
    assertEquals((await crowd.status).code, 0);
    await metricsWhen(
      mynah,
      (metrics) => metrics.sum("mynah_connections_open", labels) === 0,
    );
  },
);

testWith(
  [LINUX, descriptors(1024)],
  "three hundred clients that read one byte a second cost another client nothing",
  async () => {
    await using mynah = await serveEcho("tcp://127.0.0.1:0");
    const before = mynah.memory();
    const slow = await Promise.all(
      Array.from({ length: 300 }, () => connect(mynah.address("tcp"))),
    );
    // Some send more than the system has buffers for, so that mynah waits for them.
    const some = pseudoRandomBytes(256 * KIB);
    const much = pseudoRandomBytes(32 * MIB);
    const sent = slow.map((connection, i) =>
      writeAll(connection, i < 30 ? much : some).then(() => "all", () => "cut")
    );
    let seconds = 0;
    const reading = setInterval(() => {
      seconds++;
      for (const connection of slow) {
        connection.read(new Uint8Array(1)).catch(() => {}); // Closed at the end.
      }
    }, 1000);

    const bytes = pseudoRandomBytes(MIB);
    let largest = 0;
    while (seconds < 3) {
      assertBytes(await exchangeTcp(mynah.address("tcp"), bytes), bytes);
      largest = Math.max(largest, mynah.memory());
    }
    // What it was sent is seven times that.
    assertLess(largest - before, 128 * MIB);

    clearInterval(reading);
    mynah.kill("SIGKILL");
    await mynah.ended();
    const outcomes = await Promise.all(sent);
    assertEquals(outcomes, slow.map((_, i) => i < 30 ? "cut" : "all"));
    for (const connection of slow) connection.close();
  },
);
