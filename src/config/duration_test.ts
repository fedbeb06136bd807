import { assertEquals, assertThrows } from "@std/assert";
import { formatDuration, parseDuration } from "./duration.ts";

Deno.test("parseDuration() reads every unit as milliseconds", () => {
  assertEquals(
    ["0s", "250ms", "10s", "5m", "1h", "168h"].map(parseDuration),
    [0, 250, 10_000, 300_000, 3_600_000, 604_800_000],
  );
});

for (
  const text of ["", "10", "s", "-1s", "1.5s", "1d", "1h30m", "10 s", "10S"]
) {
  Deno.test(`parseDuration() refuses "${text}" and shows how to write one`, () => {
    assertThrows(
      () => parseDuration(text),
      SyntaxError,
      "250ms, 10s, 5m or 1h",
    );
  });
}

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
