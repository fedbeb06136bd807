/**
 * Addresses that change hands between `admin` and the services, with one thread
 * and with workers.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { connect, echoOn, exchangeTcp } from "../support/clients.ts";
import { http, readMetrics } from "../support/admin.ts";
import { ownPort } from "../support/networks.ts";
import { Mynah } from "../support/mynah.ts";
import { SteadyStream } from "../support/steady.ts";
import { LINUX, testWith } from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");

const bystander = {
  name: "bystander",
  type: "echo",
  listen: "tcp://127.0.0.1:0",
};

/** Where `admin` and an echo service are, one after the other. */
interface Step {
  readonly admin?: string;
  readonly echo?: string;
  readonly name?: string;
}

function steps(): Step[] {
  const [a, b, c] = [ownPort(), ownPort(), ownPort()];
  const host = "127.0.0.1";
  return [
    { echo: `${host}:${a}` },
    { admin: `${host}:${a}` },
    { echo: `${host}:${a}`, admin: `${host}:${b}` },
    { echo: `${host}:${b}`, admin: `${host}:${a}` },
    { echo: `${host}:${a}`, admin: `${host}:${b}` },
    // A service of the same name as the one of `admin`.
    { echo: `${host}:${b}`, admin: `${host}:${a}`, name: "admin" },
    { echo: `${host}:${a}`, admin: `${host}:${b}`, name: "admin" },
    // One takes in the other.
    { admin: `0.0.0.0:${a}`, echo: `${host}:${c}` },
    { admin: `${host}:${b}`, echo: `0.0.0.0:${a}` },
    { admin: `${host}:${a}` },
    { echo: `${host}:${a}` },
  ];
}

function configOf({ admin, echo, name = "echo" }: Step, workers: number) {
  const services = [
    bystander,
    ...(echo ? [{ name, type: "echo", listen: `tcp://${echo}` }] : []),
  ];
  return { workers, services, ...(admin ? { admin } : {}) };
}

function loopback(hostPort: string): Deno.NetAddr {
  const port = Number(hostPort.split(":")[1]);
  return { transport: "tcp", hostname: "127.0.0.1", port };
}

for (const workers of [1, 2]) {
  testWith(
    workers === 1 ? [] : [LINUX],
    `an address changes hands between a service and admin, with ${workers} workers`,
    async () => {
      const [first, ...rest] = steps();
      await using mynah = await Mynah.configured(configOf(first, workers));
      const stream = await SteadyStream.start(mynah.addresses[0]);
      // Who is connected where an address changes hands goes on.
      const held: Deno.TcpConn[] = [];

      for (const step of [first, ...rest]) {
        const { admin, echo } = step;
        const log = await mynah.reload(configOf(step, workers));
        assert(!log.includes("reload failed"), log);
        for (const client of held) {
          assertEquals(await echoOn(client, HELLO), HELLO);
        }
        if (admin) {
          const { status } = await http(loopback(admin), "GET", "/readyz");
          assertEquals(status, 200);
        }
        if (!echo) continue;
        assertEquals(await exchangeTcp(loopback(echo), HELLO), HELLO);
        const client = await connect(loopback(echo));
        assertEquals(await echoOn(client, HELLO), HELLO);
        held.push(client);
      }

      assert((await stream.finish()).bytes > 0);
      for (const client of held) client.close();
      assert(!mynah.log.includes("worker died"), mynah.log);
    },
  );
}

for (const workers of [1, 2]) {
  testWith(
    workers === 1 ? [] : [LINUX],
    `a drain waits for the clients of a service whose address went to admin, with ${workers} workers`,
    async () => {
      const [a, b] = [ownPort(), ownPort()].map((port) => `127.0.0.1:${port}`);
      const config = { workers, admin: b, echo: a };
      await using mynah = await Mynah.configured(configOf(config, workers));
      const client = await connect(loopback(a));
      assertEquals(await echoOn(client, HELLO), HELLO);
      await mynah.reload(configOf({ admin: a, echo: b }, workers));
      const metrics = await readMetrics(loopback(a));
      assertEquals(metrics.value("mynah_workers_replaced_total"), 0);

      mynah.kill("SIGTERM");
      await mynah.line(/stopping open_connections=1/);
      assertEquals(await echoOn(client, HELLO), HELLO);
      client.close();
      assertEquals(await mynah.ended(), 0);
    },
  );
}
