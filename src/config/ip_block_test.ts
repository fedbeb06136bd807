import { assertEquals } from "@std/assert";
import ipaddr from "ipaddr.js";
import { type Ip, parseIp, parseIpBlock } from "./ip_block.ts";

const { IPv4, IPv6 } = ipaddr;

/** The same by a library: four decimal parts, no zone. */
function reference(text: string): Ip | undefined {
  if (text.includes("%")) return undefined;
  if (IPv4.isValidFourPartDecimal(text)) {
    const [a, b, c, d] = IPv4.parse(text).octets;
    return [((a << 24) | (b << 16) | (c << 8) | d) >>> 0];
  }
  if (!IPv6.isValid(text)) return undefined;
  const { parts } = IPv6.parse(text);
  return [0, 2, 4, 6].map((i) => ((parts[i] << 16) | parts[i + 1]) >>> 0);
}

const TEXTS: readonly string[] = [
  "0.0.0.0",
  "255.255.255.255",
  "10.1",
  "010.0.0.1",
  "1.2.3.4.5",
  "1.2.3.",
  ".1.2.3",
  "1..2.3",
  "256.0.0.1",
  "1.2.3.4 ",
  "0x7f.0.0.1",
  "-1.0.0.0",
  "",
  "localhost",
  "::",
  "::1",
  "1::",
  ":::",
  "::1::",
  "1::2::3",
  ":1",
  "1:",
  "1:2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7::",
  "::2:3:4:5:6:7:8",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7:8::",
  "FE80::aBcD",
  "::12345",
  "::g",
  "::ffff:10.0.0.1",
  "64:ff9b::192.0.2.33",
  "1:2:3:4:5:6:1.2.3.4",
  "1:2:3:4:5:6:7:1.2.3.4",
  "::ffff:10.0.0.256",
  "::ffff:10.0.0",
  "::1.2.3.4:5",
  "fe80::1%eth0",
  "1.2.3.4:80",
  "[::1]",
];

for (const text of TEXTS) {
  const what = reference(text) ? "an address" : "no address";
  Deno.test(`parseIp() says that "${text}" is ${what}`, () => {
    assertEquals(parseIp(text), reference(text));
  });
}

Deno.test("parseIp() agrees with a library about random texts", () => {
  const ALPHABET = [":", "::", "0", "1", "a", "ffff", "g", "12345"];
  const pick = <T>(all: readonly T[]) =>
    all[Math.floor(Math.random() * all.length)];
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 1 + i % 12 }, () => pick(ALPHABET))
      .join("");
    assertEquals(parseIp(text), reference(text), text);
  }
});

Deno.test("parseIp() reads the last 32 bits of an IPv6 address in decimal parts", () => {
  assertEquals(parseIp("::10.0.0.1"), [0, 0, 0, 0x0a000001]);
  assertEquals(parseIp("1:2:3:4:5:6:10.0.0.1"), [
    0x10002,
    0x30004,
    0x50006,
    0x0a000001,
  ]);
  for (const text of ["::010.0.0.1", "::10.1", "10.0.0.1::", "::10.0.0.1:1"]) {
    assertEquals(parseIp(text), undefined, text);
  }
});

Deno.test("parseIp() reads every address that a library writes", () => {
  for (let i = 0; i < 10_000; i++) {
    const bytes = crypto.getRandomValues(new Uint8Array(i % 2 ? 4 : 16));
    if (i % 3 === 0) bytes.fill(0, 2, 10);
    const text = ipaddr.fromByteArray([...bytes]).toString();
    assertEquals(parseIp(text), reference(text), text);
  }
});

const BLOCKS: readonly [string, string | undefined, string?][] = [
  ["10.0.0.1", "10.0.0.1", "10.0.0.1"],
  ["10.6.6.6/8", "10.0.0.0", "10.255.255.255"],
  ["0.0.0.0/0", "0.0.0.0", "255.255.255.255"],
  ["192.0.2.77/25", "192.0.2.0", "192.0.2.127"],
  ["10.0.0.0/32", "10.0.0.0", "10.0.0.0"],
  ["2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  [
    "2001:db8:0:10::/60",
    "2001:db8:0:10::",
    "2001:db8:0:1f:ffff:ffff:ffff:ffff",
  ],
  ["::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["::ffff:10.0.0.0/104", "10.0.0.0", "10.255.255.255"],
  ["::ffff:0:0/96", "0.0.0.0", "255.255.255.255"],
  ["::fffe:0:0/95", "::fffe:0:0", "::ffff:255.255.255.255"],
  ["10.0.0.0/33", undefined],
  ["::/129", undefined],
  ["10.0.0.0/", undefined],
  ["10.0.0.0/08", undefined],
  ["10.0.0.0/-1", undefined],
  ["10.0.0.0/8/8", undefined],
  ["/8", undefined],
];

for (const [text, first, last] of BLOCKS) {
  Deno.test(`parseIpBlock() reads "${text}" as ${first ?? "no block"}`, () => {
    const expected = first === undefined
      ? undefined
      : { first: parseIp(first)!, last: parseIp(last!)! };
    assertEquals(parseIpBlock(text), expected);
  });
}
