import { assertEquals } from "@std/assert";
import { parseAddress } from "../base/address.ts";
import { addressesClash, TakenAddresses } from "./address_clash.ts";
import { parseAddressRange } from "./address_range.ts";

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
    assertEquals(taken.take(parseAddressRange(a), a), undefined);
    assertEquals(taken.take(parseAddressRange(b), b), clash ? a : undefined);
  });
}

Deno.test("TakenAddresses names the same address before one that merely overlaps", () => {
  const taken = new TakenAddresses<string>();
  for (const text of ["tcp://*:7", "tcp://[::1]:7", "tcp://[::1]:8"]) {
    taken.take(parseAddressRange(text), text);
  }
  assertEquals(
    taken.take(parseAddressRange("tcp://[0::1]:7"), ""),
    "tcp://[::1]:7",
  );
});

Deno.test("TakenAddresses finds ranges that overlap in any port", () => {
  const clash = (a: string, b: string) => {
    const taken = new TakenAddresses<string>();
    taken.take(parseAddressRange(a), a);
    return taken.take(parseAddressRange(b), b) === a;
  };
  const range = "tcp://127.0.0.1:7000-7099";
  for (
    const [other, expected] of [
      ["tcp://*:7099-7199", true],
      ["tcp://0.0.0.0:6000-7000", true],
      ["tcp://127.0.0.1:7050", true],
      ["tcp://*:1-65535", true],
      ["tcp://127.0.0.1:7100-7199", false],
      ["tcp://*:6999", false],
      ["udp://*:7000-7099", false],
      ["tcp://127.0.0.2:7000-7099", false],
    ] as const
  ) {
    assertEquals(clash(range, other), expected, other);
    assertEquals(clash(other, range), expected, other);
  }
});
