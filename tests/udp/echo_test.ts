import { assertEquals } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import {
  exchangeUdp,
  pseudoRandomBytes,
  UdpClient,
} from "../support/clients.ts";
import { Mynah, services } from "../support/mynah.ts";
import { IPV6, needsOf, testWith } from "../support/needs.ts";

/** The largest payloads that UDP has: 65,535 less the headers that are counted in it. */
const MAX_IPV4 = 65_507;
const MAX_IPV6 = 65_527;

function serveEcho(host = "127.0.0.1"): Promise<Mynah> {
  return Mynah.serve(services(`echo=udp://${host}:0`));
}

Deno.test("UDP echo returns datagrams of every size over IPv4", async () => {
  await using mynah = await serveEcho();
  for (const size of [0, 1, 512, 1472, 9000, MAX_IPV4]) {
    const bytes = pseudoRandomBytes(size, size + 1);
    assertBytes(await exchangeUdp(mynah.address("udp"), bytes), bytes);
  }
});

testWith(
  [IPV6],
  "UDP echo returns datagrams of every size over IPv6",
  async () => {
    await using mynah = await serveEcho("[::1]");
    for (const size of [0, 1, 512, 1452, 9000, MAX_IPV4, MAX_IPV6]) {
      const bytes = pseudoRandomBytes(size, size + 1);
      assertBytes(await exchangeUdp(mynah.address("udp"), bytes), bytes);
    }
  },
);

for (const hostname of ["127.0.0.1", "::1"]) {
  testWith(
    needsOf(hostname),
    `UDP echo on * answers at ${hostname}`,
    async () => {
      await using mynah = await serveEcho("*");
      const { port } = mynah.address("udp");
      const bytes = pseudoRandomBytes(100);
      const address = { transport: "udp" as const, hostname, port };
      assertBytes(await exchangeUdp(address, bytes), bytes);
    },
  );
}

Deno.test("UDP echo answers each datagram of a burst once", async () => {
  await using mynah = await serveEcho();
  using client = new UdpClient(mynah.address("udp"));
  const burst = Array.from(
    { length: 20 },
    (_, i) => pseudoRandomBytes(100 + i),
  );
  await Promise.all(burst.map((bytes) => client.send(bytes)));
  const answers: Uint8Array[] = [];
  while (answers.length < burst.length) answers.push(await client.receive());
  answers.sort((a, b) => a.length - b.length);
  assertEquals(answers, burst);
  // Had one been answered twice, the second answer would come before this one.
  const last = pseudoRandomBytes(1);
  await client.send(last);
  assertBytes(await client.receive(), last);
});

Deno.test("UDP echo gives each of fifty clients its own", async () => {
  await using mynah = await serveEcho();
  // All at once they must fit into the system's queue for the socket.
  await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    using client = new UdpClient(mynah.address("udp"));
    for (let round = 1; round <= 3; round++) {
      const bytes = pseudoRandomBytes(500, 100 * round + i);
      await client.send(bytes);
      assertBytes(await client.receive(), bytes);
    }
  }));
});

Deno.test("UDP echo does not log datagrams", async () => {
  await using mynah = await serveEcho();
  for (let i = 0; i < 10; i++) {
    await exchangeUdp(mynah.address("udp"), pseudoRandomBytes(i));
  }
  assertEquals(await mynah.stop(), 0);
  assertEquals(mynah.log.match(/datagram|client=/g), null);
});

Deno.test("UDP echo logs datagrams at the level debug", async () => {
  await using mynah = await Mynah.configured(`
log: { level: debug }
services: [{ name: mirror, type: echo, listen: "udp://127.0.0.1:0" }]
`);
  await exchangeUdp(mynah.address("udp"), pseudoRandomBytes(77));
  await mynah.line(
    /debug datagram answered service=mirror address=udp:\S+ client=127\.0\.0\.1:\d+ bytes_in=77 bytes_out=77$/,
  );
});
