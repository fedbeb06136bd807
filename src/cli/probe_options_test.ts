import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./command.ts";
import { readDuration, readHostPort } from "./probe_options.ts";

const DURATIONS: readonly (readonly [string, number])[] = [
  ["1", 1000],
  ["0.2", 200],
  [".5", 500],
  ["250ms", 250],
  ["1.5s", 1500],
  ["2m", 120_000],
  ["1h", 3_600_000],
];

for (const [text, ms] of DURATIONS) {
  Deno.test(`readDuration() reads ${text}`, () => {
    assertEquals(readDuration(text), ms);
  });
}

for (const text of ["", "0", "0ms", "-1", "1,5", "1d", "5 s", "1e3", "169h"]) {
  Deno.test(`readDuration() refuses "${text}"`, () => {
    assertThrows(() => readDuration(text), UsageError, "expected a duration");
  });
}

Deno.test("readHostPort() takes HOST:PORT, and a whole address", () => {
  const target = (transport: "tcp" | "udp", hostname: string) => ({
    transport,
    hostname,
    port: 17,
  });
  assertEquals(readHostPort("host:17", false), target("tcp", "host"));
  assertEquals(readHostPort("[::1]:17", true), target("udp", "::1"));
  assertEquals(readHostPort("udp://host:17", false), target("udp", "host"));
});

Deno.test("readHostPort() refuses what is no target", () => {
  const refused: readonly (readonly [string | undefined, boolean, string])[] = [
    [undefined, false, "A target is missing"],
    ["host", false, "expected HOST:PORT"],
    ["::1", false, "expected"],
    ["host:99999", false, "expected a port from 0 to 65535"],
    ["tcp://host:17", true, 'Cannot ask "tcp://host:17" over UDP'],
    ["host:0", false, "expected one host and its port"],
  ];
  for (const [text, udp, message] of refused) {
    assertThrows(() => readHostPort(text, udp), UsageError, message);
  }
});
