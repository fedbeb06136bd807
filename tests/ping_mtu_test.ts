import { assertEquals, assertStringIncludes } from "@std/assert";
import { ping } from "./ping_cli.ts";
import { nobody, udpServer } from "./servers.ts";

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
    "64 bytes: no answer, 3 times",
    "",
    "Nothing came back",
    "",
  ]);
});
