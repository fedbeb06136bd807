import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { parse, stringify } from "@std/yaml";

Deno.test("parse() reads a document with comments, lists and nested keys", () => {
  const document = `# A comment
log:
  level: info   # another
services:
  - name: echo
    listen:
      - tcp://0.0.0.0:7
      - udp://[::]:7
    allow: [10.0.0.0/8, "::1"]
  - {name: quotes, quotes: {file: quotes.txt}}
`;
  assertEquals(parse(document), {
    log: { level: "info" },
    services: [
      {
        name: "echo",
        listen: ["tcp://0.0.0.0:7", "udp://[::]:7"],
        allow: ["10.0.0.0/8", "::1"],
      },
      { name: "quotes", quotes: { file: "quotes.txt" } },
    ],
  });
});

Deno.test("parse() gives null for an empty document", () => {
  for (const empty of ["", "\n", "# only a comment\n", "---\n", "~", "null"]) {
    assertEquals(parse(empty), null);
  }
});

Deno.test("parse() gives null for a key without a value", () => {
  assertEquals(parse("services:\n"), { services: null });
});

Deno.test("parse() reads numbers", () => {
  const numbers: [string, unknown][] = [
    ["0", 0],
    ["1024", 1024],
    ["-1", -1],
    ["+1", 1],
    ["1_000", 1000],
    ["0x1F", 31],
    ["0b101", 5],
    ["017", 15],
    ["1.5", 1.5],
    [".5", .5],
    ["1e3", 1000],
    [".inf", Infinity],
    ["-.inf", -Infinity],
    [".nan", NaN],
  ];
  for (const [text, number] of numbers) assertEquals(parse(text), number, text);
});

Deno.test("parse() reads as text what only looks like a number", () => {
  const texts = ["0o17", "09", "1:30", "5m", "0X1F", "1_", "127.0.0.1", "1e"];
  for (const text of texts) assertEquals(parse(text), text);
});

Deno.test("parse() reads true and false but neither yes nor no", () => {
  assertEquals(parse("[true, True, FALSE, yes, no, on, off, y, n]"), [
    true,
    true,
    false,
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
  ]);
});

Deno.test("parse() reads timestamps as dates", () => {
  assertEquals(parse("[2026-11-20, 2026-11-20T10:20:30Z]"), [
    new Date("2026-11-20"),
    new Date("2026-11-20T10:20:30Z"),
  ]);
});

Deno.test("parse() merges mappings", () => {
  assertEquals(parse("a: &a {b: 1, c: 2}\nd: {<<: *a, c: 3}\n"), {
    a: { b: 1, c: 2 },
    d: { b: 1, c: 3 },
  });
});

Deno.test("parse() reads quoted and block texts", () => {
  const document = `a: "x\\ty"
b: 'it''s'
c: |
  one
  two
d: >-
  one
  two
`;
  assertEquals(parse(document), {
    a: "x\ty",
    b: "it's",
    c: "one\ntwo\n",
    d: "one two",
  });
});

Deno.test("parse() keeps __proto__ an ordinary key", () => {
  const value = parse("__proto__: {admin: true}") as Record<string, unknown>;
  assert(Object.hasOwn(value, "__proto__"));
  assertEquals(value.admin, undefined);
});

Deno.test("parse() accepts a byte order mark and Windows line ends", () => {
  assertEquals(parse("\ufeffa: 1\r\nb: 2\r\n"), { a: 1, b: 2 });
});

Deno.test("parse() says where the text is wrong, and shows the line", () => {
  const error = assertThrows(() => parse("a: 1\nb: [1, 2\n"), SyntaxError);
  assertMatch(error.message, / at line 3, column 1:\n {4}\n {4}\^/);

  const other = assertThrows(
    () => parse("log:\n  level: 'info' x\nb: 1\n"),
    SyntaxError,
  );
  assertMatch(other.message, / at line [23], column \d+:\n {4}.*\n +\^/);
});

Deno.test("parse() puts the caret under the place", () => {
  const error = assertThrows(() => parse("a: 1\nb: *none\n"), SyntaxError);
  assertStringIncludes(
    error.message,
    "at line 2, column 9:\n    b: *none\n            ^",
  );
});

Deno.test("parse() shows only a part of a long line", () => {
  const long = `a: [${"x, ".repeat(100)}*none${", x".repeat(100)}]\n`;
  const error = assertThrows(() => parse(long), SyntaxError);
  const lines = error.message.split("\n");
  assertMatch(lines[1], /^ {5}\.\.\. .*\*none.* \.\.\. $/);
  assertEquals(lines[1].length, 4 + 37 + 37);
  assertEquals(lines[2].indexOf("^"), 4 + 37);
});

Deno.test("parse() refuses two equal keys", () => {
  const error = assertThrows(() => parse("a: 1\nb: 2\na: 3\n"), SyntaxError);
  assertMatch(error.message, /duplicated.* at line 3, column 1:\n {4}a: 3/);
});

Deno.test("parse() with allowDuplicateKeys takes the last of equal keys", () => {
  assertEquals(parse("a: 1\na: 2\n", { allowDuplicateKeys: true }), { a: 2 });
});

Deno.test("parse() refuses more than one document", () => {
  assertThrows(
    () => parse("---\na: 1\n---\nb: 2\n"),
    SyntaxError,
    "single document",
  );
});

Deno.test("parse() refuses tags that it does not know", () => {
  assertThrows(() => parse("a: !!js/function x\n"), SyntaxError, "unknown tag");
});

Deno.test("stringify() writes mappings and lists as blocks", () => {
  assertEquals(
    stringify({ a: 1, b: ["x", { c: true, d: null }], e: {}, f: [] }),
    "a: 1\nb:\n  - x\n  - c: true\n    d: null\ne: {}\nf: []\n",
  );
});

Deno.test("stringify() quotes what would not be read as the same text", () => {
  const quoted = ["", "1", "0x1F", "017", "true", "null", "yes", "- a", "#a"];
  const indicators = ["a: b", "tcp://0.0.0.0:7", "[a]", "a,b", "a#b"];
  for (const text of [...quoted, ...indicators]) {
    assertEquals(stringify(text), `'${text}'\n`);
  }
  for (const text of ["a", "10s", "0o17", "it's", "10.0.0.0/8"]) {
    assertEquals(stringify(text), `${text}\n`);
  }
});

Deno.test("stringify() writes numbers that parse() reads back", () => {
  for (const number of [0, -0, 1.5, 1e21, 5e-100, Infinity, -Infinity, NaN]) {
    const text = stringify(number);
    assert(Object.is(parse(text), number), text);
  }
});

Deno.test("stringify() writes long and multi-line texts as blocks", () => {
  assertEquals(stringify({ a: "one\ntwo\n" }), "a: |\n  one\n  two\n");
  const long = "word ".repeat(30).trim();
  const text = stringify({ a: long });
  assertMatch(text, /^a: >-\n( {2}(word ?)+\n){2}$/);
  assertEquals(parse(text), { a: long });
});

Deno.test("stringify() writes a value that occurs twice once", () => {
  const twice = { a: 1 };
  assertEquals(
    stringify([twice, twice]),
    "- &ref_0\n  a: 1\n- *ref_0\n",
  );
});

Deno.test("stringify() refuses what YAML cannot express", () => {
  assertThrows(() => stringify({ a: undefined }), TypeError, "undefined");
  assertThrows(() => stringify({ a: () => 1 }), TypeError, "function");
  assertThrows(() => stringify([1n]), TypeError, "bigint");
});
