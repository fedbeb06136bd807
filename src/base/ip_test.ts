import { assertEquals } from "@std/assert";
import { blockProblem, ipv4Problem, ipv6Problem } from "./ip.ts";

const FOUR = "an IPv4 address of four numbers, 0 to 255 each";

const IPV4: Readonly<Record<string, string | undefined>> = {
  "127.0.0.1": undefined,
  "0.0.0.0": undefined,
  "localhost": undefined,
  "7.example": undefined,
  "::1": undefined,
  "127.1": FOUR,
  "1.2.3.4.5": FOUR,
  "127.0.0.256": FOUR,
  "2130706433": FOUR,
  "010.0.0.1": `${FOUR}, in decimal: 10.0.0.1`,
  "127.0.0.01": `${FOUR}, in decimal: 127.0.0.1`,
  "0x7f.0.0.1": `${FOUR}, in decimal: 127.0.0.1`,
  "0x7f000001": FOUR,
  "1_0.0.0.1": `${FOUR}, in decimal: 10.0.0.1`,
};

for (const [text, problem] of Object.entries(IPV4)) {
  Deno.test(`ipv4Problem() ${problem ? "refuses" : "takes"} ${text}`, () => {
    assertEquals(ipv4Problem(text), problem);
  });
}

Deno.test("ipv6Problem() refuses what is no IPv6 address, and an IPv4 part that is not decimal", () => {
  for (const text of ["::", "::1", "2001:db8::7", "::ffff:10.0.0.1", "name"]) {
    assertEquals(ipv6Problem(text), undefined, text);
  }
  assertEquals(ipv6Problem("::1::"), "an IPv6 address");
  assertEquals(ipv6Problem("fe80::1%eth0"), "an IPv6 address without a zone");
  assertEquals(
    ipv6Problem("::ffff:010.0.0.1"),
    `${FOUR}, in decimal: 10.0.0.1`,
  );
});

const BLOCKS: Readonly<Record<string, string | undefined>> = {
  "10.0.0.0/8": undefined,
  "0.0.0.0/0": undefined,
  "1.2.3.4": undefined,
  "::1": undefined,
  "2001:db8::/32": undefined,
  "::ffff:10.0.0.0/104": undefined,
  "": "an IP address or a CIDR block such as 10.0.0.0/8",
  " 1.2.3.4": "an IP address or a CIDR block such as 10.0.0.0/8",
  "example.org": "an IP address or a CIDR block such as 10.0.0.0/8",
  "10": FOUR,
  "10.1/16": FOUR,
  "010.0.0.0/8": `${FOUR}, in decimal: 10.0.0.0`,
  "10.0.0.0/33": "a prefix from 0 to 32",
  "10.0.0.0/": "a prefix from 0 to 32",
  "10.0.0.0/8/8": "a prefix from 0 to 32",
  "10.0.0.0/-1": "a prefix from 0 to 32",
  "10.0.0.0/255.0.0.0": "a prefix from 0 to 32",
  "10.0.0.0/08": "a prefix from 0 to 32, in decimal: 8",
  "10.0.0.0/010": "a prefix from 0 to 32, in decimal: 10 (8 if it was octal)",
  "10.0.0.0/0x8": "a prefix from 0 to 32, in decimal: 8",
  "::/129": "a prefix from 0 to 128",
  "::/+64": "a prefix from 0 to 128, in decimal: 64",
  "fe80::1%eth0": "an IPv6 address without a zone",
};

for (const [text, problem] of Object.entries(BLOCKS)) {
  Deno.test(`blockProblem() ${problem ? "refuses" : "takes"} "${text}"`, () => {
    assertEquals(blockProblem(text), problem);
  });
}
