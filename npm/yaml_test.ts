import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parse } from "@std/yaml";

Deno.test("parse() reads comments, lists, mappings, aliases and merge keys", () => {
  const document = `# A comment
log: {level: info}  # another
services:
  - &echo
    name: 'echo'
    listen: [tcp://0.0.0.0:7, "udp://[::]:7"]
  - <<: *echo
    name: >-
      another
      echo
`;
  const listen = ["tcp://0.0.0.0:7", "udp://[::]:7"];
  assertEquals(parse(document), {
    log: { level: "info" },
    services: [{ name: "echo", listen }, { name: "another echo", listen }],
  });
});

Deno.test("parse() gives null for a document without a value", () => {
  for (const empty of ["", "# only a comment\n", "---\n", "~", "null"]) {
    assertEquals(parse(empty), null);
  }
});

Deno.test("parse() reads numbers as YAML 1.1 writes them", () => {
  const text =
    "[0, -1, +1, 1_000, 0x1F, -0b101, 017, 0_7, 1.5, .5, 1e3, -.inf]";
  const numbers = [0, -1, 1, 1000, 31, -5, 15, 7, 1.5, .5, 1000, -Infinity];
  assertEquals(parse(text), numbers);
  assertEquals(parse(".nan"), NaN);
});

Deno.test("parse() reads as text what only looks like a number or truth", () => {
  const text = "0o17 09 1:30 5m 1_ 1e 0x_ ._ 127.0.0.1 yes no on off tRue";
  for (const word of text.split(" ")) assertEquals(parse(word), word);
  assertEquals(parse("[true, True, FALSE]"), [true, true, false]);
});

Deno.test("parse() keeps __proto__ an ordinary key", () => {
  const value = parse("__proto__: {admin: true}") as { admin?: boolean };
  assertEquals(value.admin, undefined);
  assertEquals(Object.keys(value), ["__proto__"]);
});

Deno.test("parse() throws a SyntaxError with line and column", () => {
  const broken: [string, RegExp][] = [
    ["a: 1\nb: [1, 2\n", /^.+ at line 3, column 1/],
    ["a: 1\nb: *none\n", /^.+ at line 2, column 9/],
    ["a: 1\nb: 2\na: 3\n", /duplicated.* at line 3, column 1/],
    ["a: !!js/function x\n", /unknown tag.* at line 1, column 19/],
    ["---\na: 1\n---\nb: 2\n", /single document/],
  ];
  for (const [text, message] of broken) {
    assertMatch(assertThrows(() => parse(text), SyntaxError).message, message);
  }
});
