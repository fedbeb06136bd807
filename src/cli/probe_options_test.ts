import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./command.ts";
import { readDuration } from "./probe_options.ts";

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
