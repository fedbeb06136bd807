import { assertEquals } from "@std/assert";
import { parseAddress } from "../base/address.ts";
import { addressesClash, TakenAddresses } from "./address_clash.ts";

const CLASHES: readonly (readonly [string, string, boolean])[] = [
  ["tcp://127.0.0.1:7", "tcp://127.0.0.1:7", true],
  ["tcp://127.0.0.1:7", "udp://127.0.0.1:7", false],
  ["tcp://127.0.0.1:7", "tcp://127.0.0.1:17", false],
  ["tcp://127.0.0.1:7", "tcp://127.0.0.2:7", false],
  ["tcp://127.0.0.1:0", "tcp://127.0.0.1:0", false],
  ["tcp://0.0.0.0:7", "tcp://127.0.0.1:7", true],
  ["tcp://0.0.0.0:7", "tcp://[::1]:7", false],
  ["tcp://[::]:7", "tcp://127.0.0.1:7", true],
  ["tcp://[::]:7", "tcp://0.0.0.0:7", true],
  ["tcp://*:7", "tcp://[::1]:7", true],
  ["tcp://*:7", "tcp://[::]:7", true],
  ["udp://[::1]:7", "udp://[0::1]:7", true],
];

for (const [a, b, clash] of CLASHES) {
  const verb = clash ? "clash" : "do not clash";
  Deno.test(`addressesClash() says that ${a} and ${b} ${verb}`, () => {
    assertEquals(addressesClash(parseAddress(a), parseAddress(b)), clash);
    assertEquals(addressesClash(parseAddress(b), parseAddress(a)), clash);
  });
}

for (const [a, b, clash] of CLASHES) {
  Deno.test(`TakenAddresses finds ${clash ? a : "nobody"} in the way of ${b}`, () => {
    const taken = new TakenAddresses<string>();
    assertEquals(taken.take(parseAddress(a), a), undefined);
    assertEquals(taken.take(parseAddress(b), b), clash ? a : undefined);
  });
}

Deno.test("TakenAddresses names the same address before one that merely overlaps", () => {
  const taken = new TakenAddresses<string>();
  for (const text of ["tcp://*:7", "tcp://[::1]:7", "tcp://[::1]:8"]) {
    taken.take(parseAddress(text), text);
  }
  assertEquals(taken.take(parseAddress("tcp://[0::1]:7"), ""), "tcp://[::1]:7");
});
