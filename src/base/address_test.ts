import { assertEquals, assertThrows } from "@std/assert";
import {
  formatAddress,
  formatHostPort,
  parseAddress,
  parseAdminAddress,
} from "./address.ts";

Deno.test("parseAddress() reads IPv4, IPv6, host names and every address", () => {
  assertEquals(parseAddress("tcp://127.0.0.1:7"), {
    transport: "tcp",
    hostname: "127.0.0.1",
    port: 7,
  });
  assertEquals(parseAddress("udp://[::]:65535"), {
    transport: "udp",
    hostname: "::",
    port: 65535,
  });
  assertEquals(parseAddress("tcp://*:0").hostname, "*");
  assertEquals(parseAddress("tcp://Echo.Example:7").hostname, "echo.example");
});

Deno.test("parseAddress() gives one IPv6 address one spelling", () => {
  for (const spelling of ["[::1]", "[0:0::1]", "[0:0:0:0:0:0:0:1]"]) {
    assertEquals(parseAddress(`tcp://${spelling}:7`).hostname, "::1");
  }
});

Deno.test("formatAddress() writes what parseAddress() reads", () => {
  for (
    const text of [
      "tcp://127.0.0.1:7",
      "udp://[2001:db8::7]:17",
      "tcp://localhost:10007",
      "udp://*:0",
    ]
  ) assertEquals(formatAddress(parseAddress(text)), text);
});

Deno.test("formatHostPort() puts brackets around IPv6 alone", () => {
  assertEquals(formatHostPort("::1", 7), "[::1]:7");
  assertEquals(formatHostPort("127.0.0.1", 7), "127.0.0.1:7");
});

Deno.test("parseAdminAddress() reads HOST:PORT alone", () => {
  assertEquals(parseAdminAddress("[::1]:9090"), {
    transport: "tcp",
    hostname: "::1",
    port: 9090,
  });
  for (const text of ["9090", "tcp://127.0.0.1:9090", "::1:9090", "a:"]) {
    assertThrows(() => parseAdminAddress(text), SyntaxError, "HOST:PORT");
  }
  for (const text of ["a:65536", "a:0x2382", "a:http"]) {
    assertThrows(() => parseAdminAddress(text), SyntaxError, "a port from 0");
  }
});

const REFUSED: readonly (readonly [string, string])[] = [
  ["", "an address such as"],
  ["127.0.0.1:7", 'with its transport, such as "tcp://127.0.0.1:7"'],
  ["*:7", 'with its transport, such as "tcp://*:7"'],
  ["http://127.0.0.1:7", 'in front, such as "tcp://127.0.0.1:7"'],
  ["TCP://127.0.0.1:7", 'in front, such as "tcp://127.0.0.1:7"'],
  ["tcp:/127.0.0.1:7", 'in front, such as "tcp://127.0.0.1:7"'],
  ["udp6://[::1]:7", 'in front, such as "udp://[::1]:7"'],
  ["udp:*:7", 'in front, such as "udp://*:7"'],
  ["7", 'an address, not a port alone, such as "tcp://*:7"'],
  ["unix:/run/echo", "an address such as"],
  ["tcp://*:7, udp://*:7", 'or a list: ["tcp://*:7", "udp://*:7"]'],
  ["tcp://*:7 udp://*:7", 'or a list: ["tcp://*:7", "udp://*:7"]'],
  ["tcp://127.0.0.1", 'with its port, such as "tcp://127.0.0.1:7"'],
  ["udp://[::1]", 'with its port, such as "udp://[::1]:7"'],
  ["tcp://*", 'with its port, such as "tcp://*:7"'],
  ["tcp://localhost:", "an address such as"],
  ["tcp://:7", "an address such as"],
  ["tcp://::1:7", 'in brackets, such as "tcp://[::1]:7"'],
  ["udp://2001:db8::7:17", 'in brackets, such as "udp://[2001:db8::7]:17"'],
  ["udp://fe80::a", 'in brackets, such as "udp://[fe80::a]:7"'],
  ["tcp://a b:7", "an address such as"],
  ["tcp://127.0.0.1:7/", 'without a path, such as "tcp://127.0.0.1:7"'],
  ["tcp://*:7/udp", 'without a path, such as "tcp://*:7"'],
  ["tcp://127.0.0.1:7\n", "an address such as"],
  ["tcp://127.0.0.1:-1", "a port from 0 to 65535"],
  ["tcp://127.0.0.1:65536", "a port from 0 to 65535"],
  ["tcp://127.0.0.1:echo", "a port from 0 to 65535"],
  ["tcp://127.0.0.1:007", "a port from 0 to 65535, in decimal: 7"],
  ["tcp://127.0.0.1:010", "in decimal: 10 (8 if it was octal)"],
  ["tcp://127.0.0.1:0x50", "a port from 0 to 65535, in decimal: 80"],
  ["tcp://127.0.0.1:1_000", "a port from 0 to 65535, in decimal: 1000"],
  ["tcp://127.0.0.1:1e3", "a port from 0 to 65535, in decimal: 1000"],
  ["tcp://127.0.0.1:+7", "a port from 0 to 65535, in decimal: 7"],
  ["tcp://[2001:db8::1%eth0]:7", "without a zone"],
  ["tcp://[127.0.0.1]:7", "between the brackets"],
  ["tcp://[::1::]:7", "an IPv6 address"],
  ["tcp://[::ffff:010.0.0.1]:7", "in decimal: 10.0.0.1"],
  ["tcp://127.0.0.256:7", "four numbers"],
  ["tcp://127.1:7", "four numbers"],
  ["tcp://010.0.0.1:7", "four numbers, 0 to 255 each, in decimal: 10.0.0.1"],
  ["tcp://0x7f.0.0.1:7", "four numbers, 0 to 255 each, in decimal: 127.0.0.1"],
  ["tcp://-a.example:7", "a host name or IP address"],
  ["tcp://a..example:7", "a host name or IP address"],
  ["tcp://user@example:7", "a host name or IP address"],
  [`tcp://${"a".repeat(254)}:7`, "a host name or IP address"],
];

for (const [text, expected] of REFUSED) {
  Deno.test(`parseAddress() refuses ${JSON.stringify(text).slice(0, 40)}`, () => {
    assertThrows(() => parseAddress(text), SyntaxError, expected);
  });
}
