import { assertEquals, assertThrows } from "@std/assert";
import { parseAddress } from "../base/address.ts";
import {
  addressesOf,
  formatAddresses,
  formatRange,
  parseAddressRange,
  RANGE_PATTERN,
} from "./address_range.ts";

Deno.test("parseAddressRange() reads a port, and a range with both its ends", () => {
  assertEquals(parseAddressRange("tcp://*:7000-7099"), {
    transport: "tcp",
    hostname: "*",
    port: 7000,
    lastPort: 7099,
  });
  assertEquals(addressesOf(parseAddressRange("udp://[0::1]:7-8")), [
    { transport: "udp", hostname: "::1", port: 7 },
    { transport: "udp", hostname: "::1", port: 8 },
  ]);
  for (const single of ["tcp://*:0", "tcp://*:7", "tcp://*:7-7"]) {
    assertEquals(addressesOf(parseAddressRange(single)).length, 1, single);
  }
  assertEquals(addressesOf(parseAddressRange("tcp://a:1-65535")).length, 65535);
});

const REFUSED: Readonly<Record<string, string>> = {
  "tcp://*:7099-7000": "with the lower one first: 7000-7099",
  "tcp://*:0-7": "a range of ports from 1 to 65535",
  "tcp://*:7-65536": "a port from 0 to 65535",
  "tcp://*:7-": "a port from 0 to 65535",
  "tcp://*:-7": "a port from 0 to 65535",
  "tcp://*:7--9": "a port from 0 to 65535",
  "tcp://*:7-8-9": "a port from 0 to 65535",
  "tcp://*:7000-0x1b60": "a port from 0 to 65535, in decimal: 7008",
  "tcp://*:010-020": "in decimal: 10 (8 if it was octal)",
  "*:7-9": 'with its transport, such as "tcp://*:7-9"',
};

for (const [text, expected] of Object.entries(REFUSED)) {
  Deno.test(`parseAddressRange() refuses ${text}`, () => {
    assertThrows(() => parseAddressRange(text), SyntaxError, expected);
  });
}

Deno.test("parseAddress() takes no range", () => {
  assertThrows(() => parseAddress("tcp://*:7-9"), SyntaxError, "a port from 0");
});

Deno.test("formatRange() writes what parseAddressRange() reads", () => {
  for (const text of ["tcp://*:7", "tcp://*:0", "udp://[::1]:9000-9009"]) {
    assertEquals(formatRange(parseAddressRange(text)), text);
    assertEquals(RANGE_PATTERN.test(text), true);
  }
});

Deno.test("formatAddresses() shows three that follow each other as a range", () => {
  const given = (...texts: string[]) =>
    formatAddresses(
      texts.flatMap((text) => addressesOf(parseAddressRange(text))),
    );
  assertEquals(given(), []);
  assertEquals(given("tcp://*:7-8"), ["tcp://*:7", "tcp://*:8"]);
  assertEquals(given("tcp://*:7", "tcp://*:8", "tcp://*:9"), ["tcp://*:7-9"]);
  assertEquals(
    given("tcp://*:7-9", "udp://*:10-12", "tcp://a:13", "tcp://*:20-29"),
    ["tcp://*:7-9", "udp://*:10-12", "tcp://a:13", "tcp://*:20-29"],
  );
  assertEquals(given("tcp://*:9", "tcp://*:8", "tcp://*:7").length, 3);
  assertEquals(given("tcp://*:0", "tcp://*:0", "tcp://*:0").length, 3);
});
