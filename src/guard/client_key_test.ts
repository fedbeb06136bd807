import { assertEquals, assertNotEquals } from "@std/assert";
import { clientKey } from "./client_key.ts";

Deno.test("an IPv4 address is a client of its own", () => {
  assertEquals(clientKey("10.0.0.1"), "10.0.0.1");
  assertNotEquals(clientKey("10.0.0.1"), clientKey("10.0.0.2"));
});

Deno.test("a mapped IPv6 address is the client of its IPv4 address", () => {
  assertEquals(clientKey("::ffff:10.0.0.1"), "10.0.0.1");
  assertEquals(clientKey("::ffff:a00:1"), "10.0.0.1");
});

Deno.test("all addresses of an IPv6 /64 are one client", () => {
  const key = clientKey("2001:db8:0:7::1");
  assertEquals(key, "2001:db8:0:7::/64");
  for (
    const hostname of [
      "2001:db8:0:7::",
      "2001:db8:0:7:ffff:ffff:ffff:ffff",
      "2001:0db8:0000:0007::2",
    ]
  ) assertEquals(clientKey(hostname), key);
});

Deno.test("two IPv6 /64s are two clients", () => {
  const key = clientKey("2001:db8:0:7::1");
  for (const hostname of ["2001:db8:0:8::1", "2001:db8:1:7::1", "::1"]) {
    assertNotEquals(clientKey(hostname), key);
  }
});
