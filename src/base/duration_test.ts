import { assertEquals, assertThrows } from "@std/assert";
import {
  formatDuration,
  parseDuration,
  parsePositiveDuration,
} from "./duration.ts";

Deno.test("parseDuration() reads every unit as milliseconds", () => {
  assertEquals(
    ["0s", "250ms", "10s", "5m", "1h", "168h", "1.5s", "0.25ms"].map(
      parseDuration,
    ),
    [0, 250, 10_000, 300_000, 3_600_000, 604_800_000, 1500, 0.25],
  );
});

for (
  const text of [
    "",
    "10",
    "s",
    "-1s",
    "1.s",
    ".5s",
    "1d",
    "1h30m",
    "10 s",
    "10S",
  ]
) {
  Deno.test(`parseDuration() refuses "${text}" and shows how to write one`, () => {
    assertThrows(
      () => parseDuration(text),
      SyntaxError,
      "250ms, 10s, 5m or 1h",
    );
  });
}

Deno.test("parseDuration() refuses numbers that are not decimal, and says what to write", () => {
  const cases = {
    "010s": "10s (8 if it was octal)",
    "0x10ms": "16ms",
    "1_000ms": "1000ms",
    "1e3s": "1000s",
    "+5m": "5m",
  };
  for (const [text, decimal] of Object.entries(cases)) {
    assertThrows(
      () => parseDuration(text),
      SyntaxError,
      `such as 250ms, 10s, 5m or 1h, in decimal: ${decimal}`,
    );
  }
});

Deno.test("parsePositiveDuration() refuses zero", () => {
  assertEquals(parsePositiveDuration("1ms"), 1);
  for (const text of ["0s", "0ms", "0.0h"]) {
    assertThrows(
      () => parsePositiveDuration(text),
      SyntaxError,
      "a duration above 0 such as",
    );
  }
});

Deno.test("parseDuration() refuses more than a week, however large", () => {
  for (const text of ["604800001ms", "169h", `${"9".repeat(400)}h`]) {
    assertThrows(() => parseDuration(text), SyntaxError, "at most a week");
  }
});

Deno.test("formatDuration() takes the largest unit that holds it whole", () => {
  assertEquals(
    [0, 1, 1500, 90_000, 300_000, 3_600_000].map(formatDuration),
    ["0ms", "1ms", "1500ms", "90s", "5m", "1h"],
  );
});
