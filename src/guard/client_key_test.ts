import { assertEquals, assertNotEquals } from "@std/assert";
import { clientKey, clientOf } from "./client_key.ts";

function key(hostname: string): string {
  return clientKey(clientOf(hostname));
}

/** Addresses of one client each. */
const CLIENTS: readonly (readonly string[])[] = [
  [
    "10.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a00:1",
    "::10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b:1:abcd::10.0.0.1",
    "2002:a00:1::",
    "2002:a00:1:ffff:1:2:3:4",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "2001:0:1:2:3:4:f5ff:fffe",
  ],
  ["10.0.0.2", "64:ff9b::10.0.0.2", "2002:a00:2::1"],
  ["64:ff9b::ffff:ffff", "255.255.255.255"],
  ["2001:db8:0:7::", "2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:DB8:0:07::2"],
  ["2001:db8:0:8::1"],
  ["2001:db8:1:7::1"],
  ["::1"],
  ["fe80::1", "fe80::1%eth0", "fe80::1%2"],
  ["fe80::2"],
  ["febf::2:0:0:3"],
  ["64:ff9b:1:a00:0:100::"],
  ["64:ff9b:1:a00:0:200::"],
  ["64:ff9b:1:a01:0:100::"],
];

for (const addresses of CLIENTS) {
  Deno.test(`a client of its own: ${addresses.join(", ")}`, () => {
    for (const address of addresses) {
      assertEquals(key(address), key(addresses[0]), address);
    }
    for (const others of CLIENTS) {
      if (others !== addresses) {
        assertNotEquals(key(others[0]), key(addresses[0]), others[0]);
      }
    }
  });
}

Deno.test("a link-local address is not the /64 that its bits would be", () => {
  assertNotEquals(key("fe80::2001:db8:0:7"), key("2001:db8:0:7::1"));
});

Deno.test("an IPv6 /64 is in a /56 and a /48, whatever stands for IPv4 or a single host in none", () => {
  const wider = (hostname: string) =>
    clientOf(hostname).wider.map((network) => clientKey(network));
  const [a56, a48] = wider("2001:db8:0:aa07::1");
  assertEquals(wider("2001:db8:0:aaff::1"), [a56, a48]);
  const [b56, b48] = wider("2001:db8:0:ab07::1");
  assertNotEquals(b56, a56);
  assertEquals(b48, a48);
  assertNotEquals(wider("2001:db8:1:aa07::1")[1], a48);
  assertEquals(clientOf("2001:db8::1").wider.map(({ times }) => times), [
    4,
    16,
  ]);
  for (const hostname of ["10.0.0.1", "64:ff9b::a00:1", "fe80::1"]) {
    assertEquals(clientOf(hostname).wider, []);
  }
});
