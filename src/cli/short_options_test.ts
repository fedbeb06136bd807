import { assertEquals, assertThrows } from "@std/assert";
import { readOptions } from "./args.ts";
import { UsageError } from "./command.ts";
import { expandShort } from "./short_options.ts";

const OPTIONS = {
  short: { c: "count", q: "quiet", "4": "ipv4", W: "timeout" },
  valued: ["count", "timeout"],
};

const CASES: readonly (readonly [string[], string[]])[] = [
  [["-q"], ["--quiet"]],
  [["-c", "5"], ["--count=5"]],
  [["-c5"], ["--count=5"]],
  [["-4qc", "5", "x"], ["--ipv4", "--quiet", "--count=5", "x"]],
  [["-qc5"], ["--quiet", "--count=5"]],
  [["-W0.5"], ["--timeout=0.5"]],
  [["-c", "-q"], ["--count", "--quiet"]],
  [["-c"], ["--count"]],
  [["-c", ""], ["--count="]],
  [["-c", "-"], ["--count=-"]],
  [["-c", "--"], ["--count", "--"]],
  [["--", "-q"], ["--", "-q"]],
  [["-x"], ["-x"]],
  [["-qx"], ["-qx"]],
  [["-"], ["-"]],
  [["--count", "5"], ["--count=5"]],
  [["--count", "-"], ["--count=-"]],
  [["--count", "-q"], ["--count", "--quiet"]],
  [["--count", ""], ["--count="]],
  [["--quiet", "5"], ["--quiet", "5"]],
  [["--", "--count", "5"], ["--", "--count", "5"]],
];

for (const [args, expected] of CASES) {
  Deno.test(`expandShort() writes ${args.join(" ")} as ${expected.join(" ")}`, () => {
    assertEquals(expandShort(args, OPTIONS), expected);
  });
}

Deno.test("readOptions() reads short options as the long ones", () => {
  const names = { string: ["count"], boolean: ["quiet"], short: OPTIONS.short };
  const { string, boolean } = readOptions(["-qc", "5"], names);
  assertEquals([string.count, boolean.quiet], ["5", true]);
});

Deno.test("readOptions() names the long option when a short one lacks its value", () => {
  const names = { string: ["count"], short: { c: "count" } };
  for (const args of [["-c"], ["-c", "--"], ["-c", ""]]) {
    assertThrows(
      () => readOptions(args, { ...names, positional: 1 }),
      UsageError,
      'Option "--count" needs a value',
    );
  }
});

Deno.test("readOptions() refuses a letter that stands for nothing", () => {
  assertThrows(
    () => readOptions(["-x"], { short: { c: "count" } }),
    UsageError,
    'Unknown option "-x"',
  );
});
