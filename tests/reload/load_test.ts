import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exchangeTcp } from "../support/clients.ts";
import { http, readMetrics } from "../support/admin.ts";
import { Mynah } from "../support/mynah.ts";
import { SteadyDatagrams, SteadyStream } from "../support/steady.ts";

const TCP = "tcp://127.0.0.1:0";
const UDP = "udp://127.0.0.1:0";
const ADMIN = "127.0.0.1:0";

/** Two configs that differ in all that may differ without ending a connection of `echo`. */
function variant(i: number) {
  const isOdd = i % 2 === 1;
  const echo = {
    name: "echo",
    type: "echo",
    listen: isOdd ? [TCP, UDP] : [TCP, UDP, TCP, UDP],
    max_connections: isOdd ? 100 : 200,
    idle_timeout: isOdd ? "1m" : "2m",
    deny: isOdd ? ["192.0.2.1"] : [],
  };
  const other = {
    name: isOdd ? "odd" : "even",
    type: "qotd",
    listen: [TCP, UDP],
    quotes: { inline: [`quote ${i}`] },
  };
  return {
    log: { level: isOdd ? "warn" : "error" },
    admin: ADMIN,
    services: isOdd ? [echo, other] : [other, echo],
  };
}

Deno.test("a hundred reloads under load cost no client a byte", async () => {
  await using mynah = await Mynah.configured({
    ...variant(1),
    log: { level: "info" },
  });
  const [tcp, udp] = mynah.addresses;
  const streams = await Promise.all(
    Array.from({ length: 20 }, () => SteadyStream.start(tcp)),
  );
  const datagrams = new SteadyDatagrams(udp);
  for (let i = 2; i <= 101; i++) {
    mynah.write(variant(i));
    const { status } = await http(mynah.admin, "POST", "/-/reload");
    assertEquals(status, 200, mynah.log);
  }
  const figures = await Promise.all(streams.map((one) => one.finish()));
  for (const { bytes } of figures) assert(bytes > 0);
  assert((await datagrams.finish()).bytes > 0);

  const metrics = await readMetrics(mynah.admin);
  const echoed = figures.reduce((sum, { bytes }) => sum + bytes, 0);
  const labels = { service: "echo", transport: "tcp" };
  assertEquals(metrics.value("mynah_received_bytes_total", labels), echoed);
  assertEquals(metrics.value("mynah_sent_bytes_total", labels), echoed);
  const reloads = "mynah_reloads_total";
  assertEquals(metrics.value(reloads, { result: "success" }), 100);
});

Deno.test("a hundred SIGHUPs at once end with the config that was there before them", async () => {
  const config = (quote: string) => ({
    admin: ADMIN,
    services: [{
      name: "quotes",
      type: "qotd",
      listen: TCP,
      quotes: { inline: [quote] },
    }],
  });
  await using mynah = await Mynah.configured(config("before"));
  mynah.write(config("after"));
  for (let i = 0; i < 100; i++) mynah.kill("SIGHUP");
  assertStringIncludes(await mynah.line(/reloaded/), "changed=quotes");
  const quote = await exchangeTcp(mynah.address("tcp"), new Uint8Array());
  assertEquals(new TextDecoder().decode(quote), "after\r\n");

  // This one waits for all that are still to come.
  assertEquals((await http(mynah.admin, "POST", "/-/reload")).status, 200);
  const metrics = await readMetrics(mynah.admin);
  const reloads = "mynah_reloads_total";
  assertEquals(metrics.value(reloads, { result: "failure" }), 0);
  assert(metrics.value(reloads, { result: "success" }) <= 101);
  assertEquals(await mynah.stop(), 0);
});
