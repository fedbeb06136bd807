/**
 * The admin address cannot be switched off from outside: whatever one client
 * does to it, others are answered, and the services do not notice.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Mynah } from "../support/mynah.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import { SteadyDatagrams, SteadyStream } from "../support/steady.ts";
import { NETWORK_NAMESPACE, testWith } from "../support/needs.ts";

const FLOOD = new URL("./admin_flood.ts", import.meta.url).pathname;
const ASKED = 40;

function config(workers: number): string {
  const listen = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];
  return JSON.stringify({
    workers,
    admin: "0.0.0.0:0",
    services: [{ name: "e", type: "echo", listen }],
  });
}

/** Floods one host and asks others meanwhile: each must have been answered each time. */
async function flood(
  mynah: Mynah,
  kind: string,
  [flooded, ...asked]: readonly string[],
  through: readonly string[] = [],
): Promise<void> {
  const { port } = mynah.admin;
  const command = [Deno.execPath(), "run", "--no-config", "--allow-net", FLOOD];
  const { text, stderr } = await run(
    [...through, ...command, kind, `${port}`, flooded, ...asked],
    "",
    60_000,
  );
  assert(text !== "", stderr);
  const { answers } = JSON.parse(text);
  for (const host of asked) {
    assertEquals(answers[host], { "200": ASKED }, `${host} during ${kind}`);
  }
}

const KINDS = ["silent", "slow", "metrics", "reloads", "pipelined"];

for (const kind of KINDS) {
  Deno.test(`the admin address is there for others of this machine during a flood of one: ${kind}`, async () => {
    await using mynah = await Mynah.configured(config(1));
    await flood(mynah, kind, ["127.0.0.1", "127.0.0.1"]);
  });
}

Deno.test("the services do not notice what the admin address goes through", async () => {
  await using mynah = await Mynah.configured(config(1));
  const stream = await SteadyStream.start(mynah.address("tcp"));
  const datagrams = new SteadyDatagrams(mynah.address("udp"));
  await flood(mynah, "bytes", ["127.0.0.1"]);
  assert((await stream.finish()).bytes > 0);
  assert((await datagrams.finish()).bytes > 0);
});

const ADDRESSES =
  "ip addr add 10.1.0.1/32 dev lo; ip addr add 10.1.0.2/32 dev lo";

for (const workers of [1, 2]) {
  testWith(
    [NETWORK_NAMESPACE, "ip"],
    `a flood from outside shuts out neither others nor this machine, with ${workers} workers`,
    async () => {
      const through = inNewNetwork(ADDRESSES);
      await using mynah = await Mynah.configured(config(workers), { through });
      const inside = networkOf(mynah.pid);
      const hosts = ["10.1.0.1", "10.1.0.2", "127.0.0.1"];
      for (const kind of ["silent", "slow", "metrics", "reloads"]) {
        await flood(mynah, kind, hosts, inside);
      }
    },
  );
}
