/**
 * The connections of a service that a reload removed: they are counted for as
 * long as they last, and again when the service is back.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { connect, echoOn, readAll } from "../support/clients.ts";
import { ownPort } from "../support/networks.ts";
import { Mynah } from "../support/mynah.ts";
import { type Metrics, metricsWhen, readMetrics } from "../support/admin.ts";
import { LINUX, testWith } from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const kept = { name: "kept", type: "echo", listen: "tcp://127.0.0.1:0" };
const OPEN = "mynah_connections_open";

function openOf(metrics: Metrics, service: string): number {
  return metrics.sum(OPEN, { service });
}

async function open(address: Deno.NetAddr, count: number) {
  const clients: Deno.TcpConn[] = [];
  for (let i = 0; i < count; i++) {
    const client = await connect(address);
    assertEquals(await echoOn(client, HELLO), HELLO);
    clients.push(client);
  }
  return clients;
}

async function isServed(address: Deno.NetAddr): Promise<boolean> {
  using client = await connect(address);
  await client.write(HELLO).catch(() => {});
  await client.closeWrite().catch(() => {});
  const answer = await readAll(client).catch(() => new Uint8Array());
  return answer.length > 0;
}

for (const workers of [1, 2]) {
  const needs = workers === 1 ? [] : [LINUX];

  testWith(
    needs,
    `the connections of a removed service count while they last, and when it is back, with ${workers} workers`,
    async () => {
      const address = connectable(ownPort());
      const listen = `tcp://127.0.0.1:${address.port}`;
      const config = (...services: object[]) => ({
        workers,
        admin: "127.0.0.1:0",
        services: [kept, ...services],
      });
      const service = { name: "s", type: "echo", listen };
      await using mynah = await Mynah.configured(config(service));
      const clients = await open(address, 5);

      await mynah.reload(config());
      assertEquals(openOf(await readMetrics(mynah.admin), "s"), 5);
      await mynah.reload(config({ ...kept, name: "another" }));
      assertEquals(openOf(await readMetrics(mynah.admin), "s"), 5);
      clients.pop()!.close();
      await metricsWhen(mynah, (metrics) => openOf(metrics, "s") === 4);

      // Limits of the config that brings it back hold for all of them.
      const idle_timeout = "300ms";
      const back = { ...service, max_connections: 4, idle_timeout };
      await mynah.reload(config({ ...back, idle_timeout: "1h" }));
      assertEquals(await isServed(address), false);
      clients.pop()!.close();
      await metricsWhen(mynah, (metrics) => openOf(metrics, "s") === 3);
      assertEquals(await isServed(address), true);
      await metricsWhen(mynah, (metrics) => openOf(metrics, "s") === 3);
      const metrics = await readMetrics(mynah.admin);
      assertEquals(
        metrics.sum("mynah_received_bytes_total", { service: "s" }),
        30,
      );

      // The idle timeout too ends those that were there before.
      await mynah.reload(config({ ...back }));
      for (const client of clients) {
        assertEquals((await readAll(client).catch(() => "reset")).length, 0);
        client.close();
      }

      await mynah.reload(config());
      assertEquals(
        (await readMetrics(mynah.admin)).has(OPEN, { service: "s" }),
        false,
      );
    },
  );

  testWith(
    needs,
    `a service whose type changes is counted beside the connections of the old one, with ${workers} workers`,
    async () => {
      const address = connectable(ownPort());
      const config = (type: string) => ({
        workers,
        admin: "127.0.0.1:0",
        services: [{
          name: "s",
          type,
          listen: `tcp://127.0.0.1:${address.port}`,
        }],
      });
      await using mynah = await Mynah.configured(config("echo"));
      const clients = await open(address, 3);
      await mynah.reload(config("qotd"));
      const metrics = await readMetrics(mynah.admin);
      assertEquals(metrics.sum(OPEN, { service: "s", type: "echo" }), 3);
      assertEquals(metrics.sum(OPEN, { service: "s", type: "qotd" }), 0);
      for (const client of clients) {
        assertEquals(await echoOn(client, HELLO), HELLO);
      }

      mynah.kill("SIGTERM");
      await mynah.line(/stopping open_connections=3/);
      for (const client of clients) client.close();
      assertEquals(await mynah.ended(), 0);
    },
  );
}

function connectable(port: number): Deno.NetAddr {
  return { transport: "tcp", hostname: "127.0.0.1", port };
}
