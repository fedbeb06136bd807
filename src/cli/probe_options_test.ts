import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "./command.ts";
import { readDuration, readNumber, readWhole } from "./probe_options.ts";

const DURATIONS: readonly (readonly [string, number])[] = [
  ["1", 1000],
  ["0.2", 200],
  [".5", 500],
  ["1.", 1000],
  ["250ms", 250],
  ["0.5ms", 0.5],
  ["1.5s", 1500],
  ["2m", 120_000],
  ["1h", 3_600_000],
];

for (const [text, ms] of DURATIONS) {
  Deno.test(`readDuration() reads ${text}`, () => {
    assertEquals(readDuration(text, "timeout"), ms);
  });
}

for (const text of ["", "0", "0ms", "-1", "1,5", "1d", "5 s", "1e3", "169h"]) {
  Deno.test(`readDuration() refuses "${text}"`, () => {
    assertThrows(
      () => readDuration(text, "timeout"),
      UsageError,
      `Cannot use "${text}" for "--timeout": expected a duration`,
    );
  });
}

Deno.test("readDuration() takes zero only where it is told to", () => {
  assertEquals(readDuration("0s", "wait", { zero: true }), 0);
  assertEquals(readDuration("0", "wait", { zero: true }), 0);
});

Deno.test("options refuse numbers that are not decimal, and say what to write", () => {
  const cases = {
    "010": "10 (8 if it was octal)",
    "0x10": "16",
    "1_000": "1000",
    "1e3": "1000",
    "+5": "5",
  };
  for (const [text, decimal] of Object.entries(cases)) {
    const [number] = decimal.split(" ");
    for (
      const read of [
        () => readWhole(text, "count", [1, 5000]),
        () => readNumber(text, "rate", 5000),
        () => readDuration(text, "interval"),
        () => readDuration(`${text}ms`, "interval"),
      ]
    ) {
      const { message } = assertThrows(read, UsageError);
      assertStringIncludes(message, `, in decimal: ${number}`);
    }
  }
});
