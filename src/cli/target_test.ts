import { assertEquals, assertThrows } from "@std/assert";
import { formatAddress } from "../base/address.ts";
import { UsageError } from "./command.ts";
import { readTarget } from "./target.ts";

const READ: readonly (readonly [string, boolean, string])[] = [
  ["host", false, "tcp://host:7"],
  ["host", true, "udp://host:7"],
  ["host:1007", true, "udp://host:1007"],
  ["192.0.2.1", false, "tcp://192.0.2.1:7"],
  ["192.0.2.1:1007", false, "tcp://192.0.2.1:1007"],
  ["::1", false, "tcp://[::1]:7"],
  ["2001:db8::7", true, "udp://[2001:db8::7]:7"],
  ["[::1]", true, "udp://[::1]:7"],
  ["[::1]:1007", false, "tcp://[::1]:1007"],
  ["tcp://host", false, "tcp://host:7"],
  ["tcp://host:1007", false, "tcp://host:1007"],
  ["udp://host", false, "udp://host:7"],
  ["udp://host:1007", true, "udp://host:1007"],
  ["udp://[::1]", false, "udp://[::1]:7"],
  ["udp://::1", false, "udp://[::1]:7"],
  ["HOST.example.", false, "tcp://host.example.:7"],
];

for (const [text, udp, address] of READ) {
  Deno.test(`readTarget() reads ${text}${udp ? " with -u" : ""} as ${address}`, () => {
    assertEquals(formatAddress(readTarget(text, { udp, port: 7 })), address);
  });
}

const REFUSED: readonly (readonly [string | undefined, boolean, string])[] = [
  [undefined, false, 'A target is missing, such as "127.0.0.1" or "127.'],
  ["", false, 'Cannot use "": expected HOST, HOST:PORT, tcp://HOST:PORT or'],
  ["http://host", false, "expected HOST, HOST:PORT"],
  ["host:", false, "expected HOST, HOST:PORT"],
  ["host:seven", false, "expected a port from 0 to 65535"],
  ["host:010", false, "in decimal: 10 (8 if it was octal)"],
  ["[::1]:0x7", true, "expected a port from 0 to 65535, in decimal: 7"],
  ["010.0.0.1", false, "in decimal: 10.0.0.1"],
  ["tcp://host/", false, "expected"],
  ["a b", false, "expected HOST, HOST:PORT"],
  ["host:99999", false, "expected a port from 0 to 65535"],
  ["host:0", false, "expected a port from 1 to 65535"],
  ["1.2.3.4.5", false, "expected an IPv4 address of four numbers"],
  ["[::1", false, "expected HOST, HOST:PORT"],
  ["tcp://host", true, 'Cannot ask "tcp://host" over UDP'],
  ["0.0.0.0:9", false, 'expected one host; for this machine, "127.0.0.1:9"'],
  ["udp://[::]:9", true, 'for this machine, "udp://[::1]:9"'],
  ["tcp://[0::0]", false, 'for this machine, "tcp://[::1]:7"'],
  ["*", false, 'for this machine, "127.0.0.1:7"'],
];

for (const [text, udp, message] of REFUSED) {
  Deno.test(`readTarget() refuses ${text}${udp ? " with -u" : ""}`, () => {
    assertThrows(() => readTarget(text, { udp, port: 7 }), UsageError, message);
  });
}
