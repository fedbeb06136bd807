/**
 * When the services have used up all descriptors, `admin` still answers, and the
 * config can be reloaded.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect, echoOn, exchangeTcp } from "../support/clients.ts";
import { http } from "../support/admin.ts";
import { runMynah } from "../support/cli.ts";
import { Mynah } from "../support/mynah.ts";
import { LINUX, testWith } from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const TCP = "tcp://127.0.0.1:0";
const CLIENTS = 300;

/** Runs the command line given to it with so few descriptors. */
function limitedTo(descriptors: number): readonly string[] {
  return ["sh", "-c", `ulimit -n ${descriptors} && exec "$@"`, "sh"];
}

for (const workers of [1, 2]) {
  testWith(
    workers === 1 ? ["sh"] : [LINUX, "sh"],
    `admin answers and reloads when all descriptors are used up, with ${workers} workers`,
    async () => {
      const echo = { name: "e", type: "echo", listen: TCP };
      const config = (...services: object[]) => ({
        workers,
        admin: "127.0.0.1:0",
        services: [echo, ...services],
      });
      const files = { "quotes.txt": "a quote\n" };
      await using mynah = await Mynah.configured(config(), {
        files,
        through: limitedTo(160),
      });
      const { admin } = mynah;
      const [address] = mynah.addresses;
      const clients = await Promise.all(
        Array.from({ length: CLIENTS }, () => connect(address)),
      );
      await mynah.line(/cannot accept connections service=e .*Too many open/);

      const target = `127.0.0.1:${admin.port}`;
      for (let i = 0; i < 20; i++) {
        for (const path of ["/healthz", "/readyz", "/metrics"]) {
          assertEquals((await http(admin, "GET", path)).status, 200);
        }
      }
      assertEquals((await runMynah(["health", target])).code, 0);
      for (let i = 0; i < 3; i++) {
        const quotes = { file: "quotes.txt" };
        const listen = [TCP, "udp://*:0"];
        mynah.write(config({ name: `q${i}`, type: "qotd", listen, quotes }));
        const { code, stderr } = await runMynah(["reload", target]);
        assertEquals([code, stderr], [0, ""]);
        assertStringIncludes(await mynah.line(/ reloaded /, i + 1), `q${i}`);
      }
      assertStringIncludes(await mynah.reload(config()), "released=");
      assert(!mynah.log.includes("cannot accept connections service=admin"));

      // Whoever was accepted is still served, and the others are, once there is room.
      assertEquals(await echoOn(clients[0], HELLO), HELLO);
      for (const client of clients.slice(0, CLIENTS / 2)) client.close();
      for (const client of clients.slice(CLIENTS / 2)) {
        assertEquals(await echoOn(client, HELLO), HELLO);
        client.close();
      }
      assertEquals(await exchangeTcp(address, HELLO), HELLO);
    },
  );
}

testWith(
  [LINUX, "sh"],
  "few descriptors are shared between the services and admin",
  async () => {
    const services = [{ name: "e", type: "echo", listen: TCP }];
    const config = { admin: "127.0.0.1:0", services };
    await using mynah = await Mynah.configured(config, {
      through: limitedTo(48),
    });
    assertEquals(await exchangeTcp(mynah.addresses[0], HELLO), HELLO);
    assertEquals((await http(mynah.admin, "GET", "/healthz")).status, 200);
  },
);
