import { assertEquals } from "@std/assert";
import { formatMs, formatPercent, joinMs } from "./format.ts";

const TIMES: readonly (readonly [number, string])[] = [
  [0, "0.000"],
  [0.1234, "0.123"],
  [0.9996, "1.00"],
  [1.234, "1.23"],
  [9.994, "9.99"],
  [9.996, "10.0"],
  [12.34, "12.3"],
  [99.96, "100"],
  [1234.5, "1235"],
];

for (const [ms, text] of TIMES) {
  Deno.test(`formatMs() prints ${ms} as ping does: ${text}`, () => {
    assertEquals(formatMs(ms), text);
  });
}

Deno.test("formatPercent() prints six digits at the most, as ping does", () => {
  const texts = [0, 0.00001, 100 / 3, 99.999, 100].map(formatPercent);
  assertEquals(texts, ["0%", "0.00001%", "33.3333%", "99.999%", "100%"]);
});

Deno.test("formatPercent() prints 100% only of all", () => {
  const almost = 100 * 2_099_999 / 2_100_000;
  assertEquals(formatPercent(almost), `${almost}%`);
});

Deno.test("joinMs() keeps the microsecond", () => {
  assertEquals(joinMs(0.0456, 12, 1234.5678), "0.046/12.000/1234.568");
});
