import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseYaml, placeOf, YamlError } from "./yaml.ts";

const BOUNDS = { depth: 32, nodes: 1000 };

/** What is said of a text that is refused: the same, whichever parser these tests run with. */
function refusal(text: string): string {
  const error = assertThrows(() => parseYaml(text, BOUNDS), YamlError);
  return `${placeOf(text, error.offset)}: ${error.message}`;
}

const REFUSED: readonly (readonly [string, string])[] = [
  [
    "a: 1\n---\nb: 2\n",
    "line 2, column 1: a second document; a config file has only one",
  ],
  [
    "a: 1\n...\nb: 2\n",
    "line 3, column 1: a second document; a config file has only one",
  ],
  [
    "---\na: 1\n---\n",
    "line 3, column 1: a second document; a config file has only one",
  ],
  ["a: 1\n--- b: 2\n", 'line 2, column 4: text after "---"'],
  [
    "services:\n\t- name: e\n\t  type: echo\n",
    "line 2, column 1: a tab in the indentation; use spaces",
  ],
  [
    "services:\n  \t- name: e\n",
    "line 2, column 3: a tab in the indentation; use spaces",
  ],
  [
    "a:\n  - b\n \t  c\n",
    "line 3, column 2: a tab in the indentation; use spaces",
  ],
  ["-\tname: e\n", "line 1, column 2: a tab in the indentation; use spaces"],
  ["- \tname: e\n", "line 1, column 3: a tab in the indentation; use spaces"],
  ["a: |\n\ttext\n", "line 2, column 1: a tab in the indentation; use spaces"],
  ["a: !!int\n", 'line 1, column 4: the tag "!!int" is not supported'],
  ["a: !!int 5\n", 'line 1, column 4: the tag "!!int" is not supported'],
  ["a: !!float 1\n", 'line 1, column 4: the tag "!!float" is not supported'],
  [
    "a: !!timestamp 2001-12-14\n",
    'line 1, column 4: the tag "!!timestamp" is not supported',
  ],
  [
    "a: !!binary aGk=\n",
    'line 1, column 4: the tag "!!binary" is not supported',
  ],
  ["a: !!set {x}\n", 'line 1, column 4: the tag "!!set" is not supported'],
  ["!t a: b\n", 'line 1, column 1: the tag "!t" is not supported'],
  ["a: !<x> b\n", 'line 1, column 4: the tag "!<x>" is not supported'],
  [
    "a: *b\n",
    'line 1, column 4: no "&b" before the alias "*b"; a text that begins with "*" needs quotes',
  ],
  [
    "a: [*b]\n",
    'line 1, column 5: no "&b" before the alias "*b"; a text that begins with "*" needs quotes',
  ],
  [
    "a: *\n",
    'line 1, column 4: no "&" before the alias "*"; a text that begins with "*" needs quotes',
  ],
  ["a: & b\n", 'line 1, column 4: "&" without a name'],
  ["a: &x\nb: *x\n", 'line 2, column 4: the alias "*x" has no value'],
  ["a: &x ''\nb: *x\n", 'line 2, column 4: the alias "*x" has no value'],
  ['a: &x ""\nb: *x\n', 'line 2, column 4: the alias "*x" has no value'],
  ["a: [&x , *x]\n", 'line 1, column 8: no value before the ","'],
  [
    "a: &x\n  text\nb: *x\n",
    "line 1, column 4: an anchor and its text on different lines",
  ],
  ["a: &x &y b\n", "line 1, column 7: a second anchor"],
  ["&x a: b\n", "line 1, column 1: an anchor before a key, on one line"],
  [
    "a: &x b\n*x : c\n",
    "line 2, column 1: a key must be plain text",
  ],
  ["a: 1\nb: 2\na: 3\n", 'line 3, column 1: duplicate key "a" in one mapping'],
  ["{a: 1, a: 2}\n", 'line 1, column 8: duplicate key "a" in one mapping'],
  [
    "a: b: c\n",
    'line 1, column 5: a second ": " on one line; a text that has one needs quotes',
  ],
  ["a: - b\n", "line 1, column 4: a list must begin on a line of its own"],
  [
    "- name: x\n    type: y\n",
    "line 2, column 5: indented too far: this continues the text before it",
  ],
  ["a: 'b\n", "line 1, column 4: this quote is never closed"],
  [
    'a: "b\\q"\n',
    "line 1, column 7: not valid YAML: an unknown escape after a backslash",
  ],
  [
    'a: "b\\xzz"\n',
    "line 1, column 8: not valid YAML: an unknown escape after a backslash",
  ],
  ["a: [b, c\n", 'line 1, column 4: "[" is never closed'],
  ["a: {b: c\n", 'line 1, column 4: "{" is never closed'],
  [
    "a: ]\n",
    "line 1, column 4: not valid YAML: unexpected text or indentation",
  ],
  [
    "a: [b c: d}\n",
    "line 1, column 11: not valid YAML: no comma between two values in brackets",
  ],
  ["a: [,]\n", 'line 1, column 5: no value before the ","'],
  ["a: [b, , c]\n", 'line 1, column 8: no value before the ","'],
  ["a: [: b]\n", 'line 1, column 5: no key before the ":"'],
  ["? a\n: b\n", "line 1, column 1: a key must be plain text"],
  [
    "? [x, y]\n: 2\n",
    "line 1, column 1: a key must be plain text",
  ],
  ["[a]: b\n", "line 1, column 1: a key must be plain text"],
  ["{a: b}: c\n", "line 1, column 1: a key must be plain text"],
  ["a: {[b]: c}\n", "line 1, column 5: a key must be plain text"],
  [": b\n", 'line 1, column 1: no key before the ":"'],
  ["a: 'b' c\n", "line 1, column 8: unexpected text after the value"],
  ["a: [b] c\n", "line 1, column 8: unexpected text after the value"],
  [
    "%YAML 1.1\na: 1\n",
    'line 2, column 1: not valid YAML: no "---" after a directive',
  ],
  [
    "%YAML 2.0\n---\na: 1\n",
    "line 1, column 1: this directive is not supported",
  ],
  [
    "%TAG ! x\n---\na: 1\n",
    "line 1, column 1: this directive is not supported",
  ],
  ["a: \u0001\n", "line 1, column 5: not valid YAML: a control character"],
  ["a: 'x\u0001'\n", "line 1, column 7: not valid YAML: a control character"],
  ["a: @b\n", 'line 1, column 4: a text that begins with "@" needs quotes'],
  ["a: `b\n", 'line 1, column 4: a text that begins with "`" needs quotes'],
  ["a: %b\n", 'line 1, column 4: a text that begins with "%" needs quotes'],
  ["a: |x\n  b\n", "line 1, column 5: not valid YAML: a bad block text"],
  [
    "a: |\n b\nc\n",
    'line 3, column 1: neither a key with ": " nor an item with "- "',
  ],
  [
    "a:\n  b: 1\n c: 2\n",
    "line 3, column 2: this indentation matches no line above",
  ],
  [
    "a: 1\n  b: 2\n",
    "line 2, column 3: indented too far: this continues the text before it",
  ],
  ['a: "b \n  c"\n', "line 1, column 7: space at the end of a line in quotes"],
  ["|\n  text\n", "line 1, column 1: a text instead of a mapping"],
  [
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    "line 1, column 33: nested more than 32 levels deep",
  ],
  [
    "a\n b:\n",
    "line 2, column 2: indented too far: this continues the text before it",
  ],
  ["a: [b\nc: d\n", 'line 1, column 4: "[" is never closed'],
  [
    "key: value # c\n  more\n",
    "line 2, column 3: not valid YAML: unexpected text or indentation",
  ],
  [
    "a:\n- b\nc\n",
    'line 3, column 1: neither a key with ": " nor an item with "- "',
  ],
  [
    "- a\nb: c\n",
    "line 2, column 1: not valid YAML: unexpected text or indentation",
  ],
  [
    "a: b\n- c\n",
    "line 2, column 1: not valid YAML: unexpected text or indentation",
  ],
  ["a: >5x\n", "line 1, column 6: not valid YAML: a bad block text"],
  ["\ta: b\n", "line 1, column 1: a tab in the indentation; use spaces"],
  ["a: -\n", "line 1, column 4: a list must begin on a line of its own"],
  [
    "-a: 1\n- b\n",
    "line 2, column 1: not valid YAML: unexpected text or indentation",
  ],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parseYaml() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(refusal(text), message);
  });
}

const TAKEN: readonly (readonly [string, unknown])[] = [
  ["", null],
  ["# only a comment\n", null],
  ["---\n# a\n...\n", null],
  ["a: 0\n", { "a": "0" }],
  ["a: &x 0\nb: &y false\nc: [*x, *y]\n", {
    "a": "0",
    "b": "false",
    "c": ["0", "false"],
  }],
  ["a: &x\n  b: c\nd: *x\n", { "a": { "b": "c" }, "d": { "b": "c" } }],
  ["a: &unused b\n", { "a": "b" }],
  ["a: &x [b]\nc: *x\n", { "a": ["b"], "c": ["b"] }],
  ["a: |\n  - b: c\n  [d\n  \t*e\nf: g\n", {
    "a": "- b: c\n[d\n\t*e\n",
    "f": "g",
  }],
  ["a: >-\n  b\n  c\n", { "a": "b c" }],
  ["- |2\n   a\n  b\n- c\n", [" a\nb\n", "c"]],
  ["a: 'it''s {b: [c'\nd: \"\\\"[\"\n", { "a": "it's {b: [c", "d": '"[' }],
  ["a: b # 'c\nd: e#f\n", { "a": "b", "d": "e#f" }],
  ["a: b\n  c [d\n  'e\nf: g\n", { "a": "b c [d 'e", "f": "g" }],
  ["a: [b, 'c, d', {e: f}]\n", { "a": ["b", "c, d", { "e": "f" }] }],
  ['a: tcp://[::]:7\nb: ["tcp://[::]:7", tcp://*:7]\n', {
    "a": "tcp://[::]:7",
    "b": ["tcp://[::]:7", "tcp://*:7"],
  }],
  ["a: 5 * 3 & 2 ! ? - %\n", { "a": "5 * 3 & 2 ! ? - %" }],
  ["a:\r\n  - b\r\n  - c: d\r\n    e: f\r\n", {
    "a": ["b", { "c": "d", "e": "f" }],
  }],
  ["- - a\n  - b\n- c: d\n", [["a", "b"], { "c": "d" }]],
  ["a: b]\n", { "a": "b]" }],
  ["%YAML 1.1\n---\na: 1\n", { "a": "1" }],
  ["services: echo\n  - x\n", { "services": "echo - x" }],
  ["a: {b: c, d}\n", { "a": { "b": "c", "d": null } }],
  ["a: {b c}\n", { "a": { "b c": null } }],
  ["a: {b:\nc}\n", { "a": { "b": "c" } }],
  ["a: [\n\tb\n]\n", { "a": ["b"] }],
  ["a:\tb\n", { "a": "b" }],
  ["a: b\n\t\n\t# c\nd: e\n", { "a": "b", "d": "e" }],
  ["<<: 7\na: 1\n", { "<<": "7", "a": "1" }],
];

for (const [text, value] of TAKEN) {
  Deno.test(`parseYaml() takes ${JSON.stringify(text)}`, () => {
    assertEquals(parseYaml(text, BOUNDS), value);
  });
}

Deno.test("parseYaml() says where a bound is passed", () => {
  const deep = "[".repeat(32) + "\n [";
  const words = "nested more than 32 levels deep";
  assertEquals(refusal(deep), `line 2, column 2: ${words}`);
  assertEquals(refusal("- ".repeat(33) + "a"), `line 1, column 65: ${words}`);
  assertEquals(
    refusal("- a\n".repeat(2000)),
    "line 1001, column 1: more than 1000 keys and values",
  );
  assertEquals(
    refusal(`a: &x b\nc: [${"*x,".repeat(2000)}]\n`),
    "line 2, column 2999: more than 1000 keys and values",
  );
});

Deno.test("parseYaml() keeps what it says short, whatever the text holds", () => {
  const long = "x\u009b".repeat(100_000);
  for (
    const text of [`a: *${long}`, `a: !${long} b`, `${long}: 1\n${long}: 1`]
  ) {
    const said = refusal(text);
    assert(said.length < 600 && !said.includes("\u009b"), said.slice(0, 400));
  }
});
