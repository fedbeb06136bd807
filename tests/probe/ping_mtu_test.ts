import { assertEquals, assertStringIncludes } from "@std/assert";
import { testLossless } from "./lossless.ts";
import { ping } from "../support/cli.ts";
import { nobody, udpServer } from "../support/servers.ts";
import { Random } from "../support/random.ts";

Deno.test("ping --mtu finds the largest datagram that comes back unchanged", async () => {
  using cutting = udpServer((datagram) => datagram.subarray(0, 1472));
  const { code, stdout } = await ping(cutting.address, "--mtu");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "\n1473 bytes: 1472 of 1473 bytes came back\n");
  assertStringIncludes(
    stdout,
    "\nThe largest datagram that came back unchanged: 1472 bytes (1500 with IP and UDP headers)\n",
  );
});

Deno.test("ping --mtu asks again before it takes a size for too large", async () => {
  const asked = new Map<number, number>();
  using server = udpServer((datagram) => {
    const times = (asked.get(datagram.length) ?? 0) + 1;
    asked.set(datagram.length, times);
    return times < 2 ? undefined : datagram.subarray(0, 100);
  });
  const { stdout } = await ping(
    server.address,
    "--mtu",
    "--json",
    "-q",
    "-W.3",
  );
  assertEquals(JSON.parse(stdout).bytes, 100);
});

Deno.test("ping --mtu says that nothing came back", async () => {
  const { code, stdout } = await ping(nobody("udp"), "--mtu", "-W.05");
  assertEquals(code, 1);
  assertEquals(stdout.split("\n").slice(1), [
    "64 bytes: no answer, 41 times",
    "",
    "Nothing came back",
    "",
  ]);
});

testLossless(
  "ping --mtu is right though 2% of all fragments are lost, each way",
  async () => {
    const random = new Random(3);
    using server = udpServer((datagram) => {
      const fragments = 2 * Math.ceil((datagram.length + 8) / 1480);
      return random.fraction() < 0.98 ** fragments ? datagram : undefined;
    });
    for (let i = 0; i < 3; i++) {
      const { stdout } = await ping(server.address, "--mtu", "--json", "-q");
      assertEquals(JSON.parse(stdout).bytes, 65_507);
    }
  },
);
