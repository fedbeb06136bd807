import { assert, assertEquals, assertThrows } from "@std/assert";
import { forCases } from "../../tests/support/random.ts";
import { crc32c } from "./crc32c.ts";
import { formatProxyHeader, parseProxyHeader } from "./proxy_header.ts";

const encoder = new TextEncoder();
const SIGNATURE = [
  ...[0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a],
];
const IPV4 = [192, 0, 2, 1, 198, 51, 100, 7, 0x30, 0x39, 0x00, 0x07];

function v2(command: number, family: number, rest: readonly number[]) {
  const length = [rest.length >> 8, rest.length & 0xff];
  return new Uint8Array([...SIGNATURE, command, family, ...length, ...rest]);
}

/** A version 2 header with a checksum, right or wrong by one bit. */
function withChecksum(wrongBit = 0): Uint8Array {
  const header = v2(0x21, 0x11, [...IPV4, 0x03, 0, 4, 0, 0, 0, 0]);
  const sum = crc32c(header) ^ wrongBit;
  new DataView(header.buffer).setUint32(header.length - 4, sum);
  return header;
}

const CLIENT = { hostname: "192.0.2.1", port: 12345 };
const ASKED = { hostname: "198.51.100.7", port: 7 };
const CLIENT6 = { hostname: "2001:db8::1", port: 65535 };
const ASKED6 = { hostname: "2001:db8::2", port: 1 };

const v1 = (line: string) => encoder.encode(`${line}\r\n`);

const READ: readonly (readonly [string, Uint8Array, object])[] = [
  ["TCP4", v1("PROXY TCP4 192.0.2.1 198.51.100.7 12345 7"), {
    source: CLIENT,
    destination: ASKED,
  }],
  ["TCP6", v1("PROXY TCP6 2001:db8::1 2001:DB8:0:0::2 65535 1"), {
    source: CLIENT6,
    destination: ASKED6,
  }],
  ["IPv4 in the form of IPv6", v1("PROXY TCP6 ::ffff:192.0.2.1 ::1 12345 7"), {
    source: CLIENT,
    destination: { hostname: "::1", port: 7 },
  }],
  ["UNKNOWN", v1("PROXY UNKNOWN"), {}],
  [
    "UNKNOWN with addresses",
    v1("PROXY UNKNOWN ffff::1 ffff::2 65535 65535"),
    {},
  ],
  ["IPv4 of version 2", v2(0x21, 0x11, IPV4), {
    source: CLIENT,
    destination: ASKED,
  }],
  [
    "TLVs, which are skipped",
    v2(0x21, 0x11, [...IPV4, 0x04, 0, 2, 9, 9, 0xea, 0, 0]),
    {
      source: CLIENT,
      destination: ASKED,
    },
  ],
  ["a checksum", withChecksum(), { source: CLIENT, destination: ASKED }],
  ["LOCAL", v2(0x20, 0x00, []), {}],
  ["LOCAL with addresses", v2(0x20, 0x11, IPV4), {}],
  ["UNSPEC with anything", v2(0x21, 0x00, [1, 2, 3]), {}],
  ["a Unix socket", v2(0x21, 0x31, Array(216).fill(0)), {}],
  ["UDP", v2(0x21, 0x12, IPV4), {}],
];

for (const [name, header, expected] of READ) {
  Deno.test(`parseProxyHeader() reads ${name}, in one piece and in many, and nothing behind it`, () => {
    const all = new Uint8Array([...header, ...encoder.encode("PROXY hello")]);
    for (let length = 0; length < header.length; length++) {
      assertEquals(parseProxyHeader(all.subarray(0, length)), undefined);
    }
    for (const length of [header.length, all.length]) {
      assertEquals(parseProxyHeader(all.subarray(0, length)), {
        length: header.length,
        ...expected,
      });
    }
  });
}

const REFUSED: readonly (readonly [string, Uint8Array, string])[] = [
  [
    "what is no header",
    encoder.encode("GET / HTTP/1.1\r\n"),
    "no PROXY header",
  ],
  ["lower case", v1("proxy TCP4 192.0.2.1 192.0.2.2 1 2"), "no PROXY header"],
  ["another family", v1("PROXY UDP4 192.0.2.1 192.0.2.2 1 2"), "malformed"],
  ["a port too much", v1("PROXY TCP4 192.0.2.1 192.0.2.2 1 65536"), "address"],
  ["a port in octal", v1("PROXY TCP4 192.0.2.1 192.0.2.2 01 2"), "address"],
  ["a negative port", v1("PROXY TCP4 192.0.2.1 192.0.2.2 -1 2"), "malformed"],
  ["IPv6 as TCP4", v1("PROXY TCP4 ::1 ::2 1 2"), "address"],
  ["IPv4 as TCP6", v1("PROXY TCP6 192.0.2.1 192.0.2.2 1 2"), "address"],
  ["an address in C's way", v1("PROXY TCP4 192.2 192.0.2.2 1 2"), "address"],
  ["two spaces", v1("PROXY TCP4  192.0.2.1 192.0.2.2 1 2"), "malformed"],
  [
    "LF alone",
    encoder.encode("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n"),
    "malformed",
  ],
  ["too few fields", v1("PROXY TCP4 192.0.2.1 192.0.2.2 1"), "malformed"],
  ["UNKNOWNX", v1("PROXY UNKNOWNX"), "malformed"],
  [
    "a line of 108 bytes",
    v1(`PROXY UNKNOWN ${"x".repeat(92)}`),
    "more than 107",
  ],
  ["version 1 in version 2's form", v2(0x11, 0x11, IPV4), "version or command"],
  ["an unknown command", v2(0x22, 0x11, IPV4), "version or command"],
  ["an unknown family", v2(0x21, 0x41, IPV4), "unknown family"],
  ["an unknown transport", v2(0x21, 0x13, IPV4), "unknown family"],
  ["too short for IPv4", v2(0x21, 0x11, IPV4.slice(1)), "too short"],
  ["too short for IPv6", v2(0x21, 0x21, IPV4), "too short"],
  ["a TLV without a length", v2(0x21, 0x11, [...IPV4, 4]), "malformed TLV"],
  [
    "a TLV beyond the end",
    v2(0x21, 0x11, [...IPV4, 4, 0, 2, 9]),
    "malformed TLV",
  ],
  [
    "a checksum of 3 bytes",
    v2(0x21, 0x11, [...IPV4, 3, 0, 3, 1, 2, 3]),
    "malformed TLV",
  ],
  ["a wrong checksum", withChecksum(1), "wrong checksum"],
];

for (const [name, header, message] of REFUSED) {
  Deno.test(`parseProxyHeader() refuses ${name}`, () => {
    assertThrows(() => parseProxyHeader(header), SyntaxError, message);
  });
}

for (const version of [1, 2] as const) {
  Deno.test(`formatProxyHeader() writes what parseProxyHeader() reads, version ${version}`, () => {
    for (const [source, destination] of [[CLIENT, ASKED], [CLIENT6, ASKED6]]) {
      const header = formatProxyHeader(version, source, destination);
      assertEquals(parseProxyHeader(header), {
        length: header.length,
        source,
        destination,
      });
    }
  });
}

Deno.test("a hundred thousand mutated headers are read, refused or waited for, the same in one piece as byte by byte", async () => {
  await forCases(100_000, (random) => {
    const [, original] = random.pick(READ);
    const mutated = [...original];
    for (let i = random.int(4); i > 0; i--) {
      const at = random.int(mutated.length + 1);
      const kind = random.int(3);
      if (kind === 0) mutated[at % mutated.length] = random.int(256);
      else if (kind === 1) mutated.splice(at, random.int(3));
      else mutated.splice(at, 0, random.int(256));
      if (mutated.length === 0) mutated.push(0);
    }
    const bytes = new Uint8Array(mutated);
    const whole = outcome(bytes);
    // What was refused or read early stays so with more bytes.
    const early = outcome(bytes.subarray(0, random.int(bytes.length + 1)));
    if (early !== undefined) assertEquals(whole, early);
    if (typeof whole === "object") assert(whole.length <= bytes.length);
  });
});

function outcome(bytes: Uint8Array) {
  try {
    return parseProxyHeader(bytes);
  } catch (error) {
    if (error instanceof SyntaxError) return "refused";
    throw error;
  }
}
