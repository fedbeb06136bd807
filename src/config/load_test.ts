import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { parse } from "../../tests/config_values.ts";
import { TempFolder } from "../../tests/temp_folder.ts";
import type { Config } from "./config.ts";
import { loadConfig } from "./load.ts";
import { ConfigError } from "./problems.ts";

const GOOD = `services:
  - name: echo
    type: echo
    listen: tcp://127.0.0.1:7
`;

async function load(content: string | Uint8Array): Promise<Config> {
  using folder = new TempFolder();
  return parse(await loadConfig(folder.write("f", content), "my.yaml"));
}

/** The message that a file gives, without the file's name. */
async function refusal(content: string | Uint8Array): Promise<string> {
  const { message } = await assertRejects(() => load(content), ConfigError);
  assert(message.startsWith("my.yaml: "), message);
  return message.slice("my.yaml: ".length);
}

function bytes(...parts: (string | number)[]): Uint8Array {
  const encoder = new TextEncoder();
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...encoder.encode(part)] : [part]
    ),
  );
}

Deno.test("loadConfig() reads the config that comes with the program", async () => {
  const file = new URL("../../config/mynah.yaml", import.meta.url);
  const { services } = parse(await loadConfig(file, "embedded"));
  assertEquals(services.map(({ type }) => type), ["echo", "qotd"]);
});

Deno.test("loadConfig() reads a file however its lines end, byte order mark or not", async () => {
  const expected = await load(GOOD);
  assertEquals(await load(GOOD.replaceAll("\n", "\r\n")), expected);
  assertEquals(await load(`\ufeff${GOOD}`), expected);
  assertEquals(await load(`# comment\n---\n${GOOD}...\n`), expected);
  assertEquals(await load(GOOD.trimEnd()), expected);
});

Deno.test("loadConfig() reads aliases and merge keys", async () => {
  const { services } = await load(`services:
  - &first
    name: first
    type: echo
    listen: [&address tcp://127.0.0.1:7]
    idle_timeout: 5m
  - <<: *first
    name: second
    listen: tcp://127.0.0.1:8
`);
  assertEquals(services.map(({ name }) => name), ["first", "second"]);
  assertEquals(services[1].limits.idleTimeoutMs, 300_000);
});

Deno.test("loadConfig() has a word for a file without settings", async () => {
  for (
    const content of ["", "\n\n", "# only a comment\n", "---\n", "~", "null"]
  ) {
    assertEquals(await refusal(content), "holds no settings");
  }
});

Deno.test("loadConfig() gives line and column of a syntax error, in one line", async () => {
  const cases: [string, number][] = [
    ["services: [", 2],
    ["services:\n  - {\n", 3],
    ["a: 1\nb: 1\nb: 2\n", 3],
    ["a: 1\nb: *nowhere\n", 2],
    ["a: !!js/function x\n", 1],
    ["a: 'b\n", 2],
    ["a: 1\n\n{}}\n", 3],
  ];
  for (const [content, line] of cases) {
    const message = await refusal(content);
    assertMatch(message, /^line \d+, column \d+: not valid YAML: [^\n]+$/);
    assert(message.startsWith(`line ${line}, `), `${content}: ${message}`);
  }
});

Deno.test("loadConfig() refuses more than one document", async () => {
  const message = await refusal(`${GOOD}---\n${GOOD}`);
  assert(message.includes("single document"), message);
});

Deno.test("loadConfig() refuses what is not text, with the line", async () => {
  assertEquals(
    await refusal(bytes("a: 1\n", "b: ", 0xff, "\n")),
    "not UTF-8 text: invalid byte in line 2",
  );
  assertEquals(
    await refusal(bytes("a: 1\nb: 2\nc: \0\n")),
    "not a text file: NUL byte in line 3",
  );
  assert((await refusal(crypto.getRandomValues(new Uint8Array(65536)))) !== "");
});

Deno.test("loadConfig() refuses a file of more than 1 MiB", async () => {
  const comment = "#".repeat(1024 * 1024 - GOOD.length);
  assertEquals((await load(GOOD + comment)).services.length, 1);
  assertEquals(await refusal(`${GOOD}${comment}#`), "is larger than 1 MiB");
});

Deno.test("loadConfig() refuses an alias bomb of values", async () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++) {
    lines.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(", ")}]`);
  }
  assertEquals(
    await refusal(lines.join("\n")),
    "too large once its aliases are written out",
  );
});

Deno.test("loadConfig() refuses an alias bomb of text", async () => {
  const text = "x".repeat(100_000);
  const aliases = Array(10_000).fill("*t").join(", ");
  assertEquals(
    await refusal(`a: &t ${text}\nb: [${aliases}]\n`),
    "too large once its aliases are written out",
  );
});

Deno.test("loadConfig() refuses an alias that contains itself", async () => {
  for (const content of ["&a [*a]", "a: &a\n  b: [*a]\n", "&a {x: {y: *a}}"]) {
    assertEquals(await refusal(content), "has an alias that contains itself");
  }
});

Deno.test("loadConfig() refuses deep nesting before the stack ends", async () => {
  for (const opening of ["[", "- ", "{a: ", "? "]) {
    const message = await refusal(opening.repeat(100_000));
    assert(/nest/.test(message), message);
  }
  const deep = "[".repeat(40) + "]".repeat(40);
  assertEquals(await refusal(deep), "nested too deep");
});

Deno.test("loadConfig() keeps a syntax error short, whatever the file holds", async () => {
  const long = "x".repeat(500_000);
  for (
    const content of [`a: *${long}`, `a: !${long} b`, `"${long}\x1b[2J": *b`]
  ) {
    const message = await refusal(content);
    assert(message.length < 300, message.slice(0, 400));
  }
});
