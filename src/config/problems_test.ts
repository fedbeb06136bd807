import { assert, assertEquals } from "@std/assert";
import { ConfigError, describe, formatPath } from "./problems.ts";

Deno.test("formatPath() writes keys and indexes as a person would", () => {
  assertEquals(formatPath([]), "");
  assertEquals(formatPath(["shutdown_grace"]), "shutdown_grace");
  assertEquals(
    formatPath(["services", 0, "listen", 1]),
    "services[0].listen[1]",
  );
  assertEquals(formatPath(["größe", "x-y"]), "größe.x-y");
});

Deno.test("formatPath() quotes keys that would read as something else", () => {
  assertEquals(formatPath(["log", ""]), 'log[""]');
  assertEquals(formatPath(["a.b"]), '["a.b"]');
  assertEquals(formatPath(["log", "0"]), 'log["0"]');
  assertEquals(formatPath(["a: b", "c"]), '["a: b"].c');
  assertEquals(formatPath(["[0]"]), '["[0]"]');
  assertEquals(formatPath(["\x1b[2J"]), '["\\u{1b}[2J"]');
});

Deno.test("formatPath() cuts a long key", () => {
  assert(formatPath(["k".repeat(1e6), " ".repeat(1e6)]).length < 200);
});

Deno.test("describe() says what a value is", () => {
  const cases: [unknown, string][] = [
    [null, "nothing"],
    [undefined, "nothing"],
    ["tcp", '"tcp"'],
    ["", '""'],
    [0, "0"],
    [Infinity, "Infinity"],
    [false, "false"],
    [[], "an empty list"],
    [[1, 2], "a list of 2"],
    [{}, "an empty mapping"],
    [{ a: 1, b: 2 }, "a mapping with a, b"],
    ["9090", "9090"],
    ["-1.5", "-1.5"],
    ["010", "010"],
    ["0x10", "0x10"],
    ["127.0.0.1", '"127.0.0.1"'],
    ["10s", '"10s"'],
  ];
  for (const [value, expected] of cases) {
    assertEquals(describe(value), expected);
  }
});

Deno.test("describe() is short whatever the value", () => {
  const long = "x".repeat(1e6);
  const many = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [long.slice(i), i]),
  );
  for (
    const value of [long, many, "\n".repeat(1e6), [long], Number.MAX_VALUE]
  ) {
    assert(describe(value).length < 250);
  }
});

Deno.test("a ConfigError has one line for each problem, the file first", () => {
  const error = new ConfigError("my.yaml", [
    { where: "", message: "is a folder" },
    { where: "log", message: "unknown key" },
  ]);
  assertEquals(
    error.message,
    "my.yaml: is a folder\nmy.yaml: log: unknown key",
  );
});

Deno.test("a ConfigError of thousands of problems shows the first and counts the rest", () => {
  const problem = { where: "k", message: "unknown key" };
  const { message, problems } = new ConfigError("f", Array(5000).fill(problem));
  const lines = message.split("\n");
  assertEquals(lines.length, 51);
  assertEquals(lines.at(-1), "f: and 4950 more problems");
  assertEquals(problems.length, 5000);
});

Deno.test("a ConfigError shows a file name's control characters", () => {
  const problems = [{ where: "", message: "no such file" }];
  assertEquals(
    new ConfigError("a\n\x1b[31mb", problems).message,
    "a\\n\\u{1b}[31mb: no such file",
  );
});
