import { assertEquals } from "@std/assert";
import { parseIp } from "../config/ip_block.ts";
import { embeddedIpv4 } from "./embedded_ipv4.ts";

const ADDRESSES: Readonly<Record<string, string | undefined>> = {
  "::ffff:192.0.2.1": "192.0.2.1",
  "::ffff:0:192.0.2.1": "192.0.2.1",
  "::192.0.2.1": "192.0.2.1",
  "64:ff9b::192.0.2.1": "192.0.2.1",
  "64:ff9b::ffff:ffff": "255.255.255.255",
  "64:ff9b:1::192.0.2.1": "192.0.2.1",
  "64:ff9b:1:fffe:1:2:192.0.2.1": "192.0.2.1",
  "2002:c000:201::": "192.0.2.1",
  "2002:c000:201:ffff::7": "192.0.2.1",
  // The example of RFC 4380 §4.
  "2001:0:4136:e378:8000:63bf:3fff:fdd2": "192.0.2.45",
  "::ffff:c000:201:0": undefined,
  "::": undefined,
  "::1": undefined,
  "::ffff": undefined,
  "fe80::192.0.2.1": undefined,
  "2001:db8::192.0.2.1": undefined,
  "2001:1::192.0.2.1": undefined,
  "2003::192.0.2.1": undefined,
  "64:ff9b:2::192.0.2.1": undefined,
  "64:ff9b:0:1::192.0.2.1": undefined,
  // RFC 6052 §2.2 with a prefix of 48 bits.
  "64:ff9b:1:c000:2:100::": undefined,
  "0:0:0:1:0:ffff:192.0.2.1": undefined,
};

for (const [text, ipv4] of Object.entries(ADDRESSES)) {
  Deno.test(`${text} stands for ${ipv4 ?? "itself"}`, () => {
    const expected = ipv4 === undefined ? undefined : parseIp(ipv4)![0];
    assertEquals(embeddedIpv4(parseIp(text)!), expected);
  });
}
