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

Deno.test("parse() reads every scalar as a text where the schema is failsafe", () => {
  const text =
    "[0, '0', -1, 1_000, 0x1F, 017, 1.5, 1e3, true, null, ~, <<, 2026-01-01, !!str 7]";
  assertEquals(
    parse(text, { schema: "failsafe" }),
    [..."0 0 -1 1_000 0x1F 017 1.5 1e3 true null ~ << 2026-01-01 7".split(" ")],
  );
  assertEquals(parse("a:\n", { schema: "failsafe" }), { a: null });
  for (const tag of ["!!int 5", "!!int", "!!binary aGk=", "!!set {a}"]) {
    assertMatch(
      assertThrows(
        () => parse(`a: ${tag}\n`, { schema: "failsafe" }),
        SyntaxError,
      ).message,
      /unknown.* tag.* at line \d, column \d/i,
    );
  }
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
