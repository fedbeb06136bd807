import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { parse } from "../../tests/support/configs.ts";
import { TempFolder } from "../../tests/support/temp_folder.ts";
import type { Config } from "./config.ts";
import { parseFile, readConfig } from "./load.ts";
import { ConfigError } from "./problems.ts";

const GOOD = `services:
  - name: echo
    type: echo
    listen: tcp://127.0.0.1:7
`;

async function loadConfig(file: string | URL, source: string) {
  return parseFile(await readConfig(file, source), source);
}

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
  const cases: [string, string][] = [
    ["services: [", "line 1, column 11"],
    ["a: 1\nb: 1\nb: 2\n", "line 3, column 1"],
    ["a: 1\r\nb: *nowhere\r\n", "line 2, column 4"],
    ["a: 1\n\n{}}\n", "line 3, column 3"],
  ];
  for (const [content, place] of cases) {
    const message = await refusal(content);
    assertMatch(message, /^line \d+, column \d+: [^\n]+$/);
    assert(message.startsWith(`${place}: `), `${content}: ${message}`);
  }
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

Deno.test("loadConfig() refuses a file of more than 8 MiB", async () => {
  const comment = "#".repeat(8 * 1024 * 1024 - GOOD.length);
  assertEquals((await load(GOOD + comment)).services.length, 1);
  assertEquals(await refusal(`${GOOD}${comment}#`), "is larger than 8 MiB");
});

const BOMB = /^\S+: more than 150000 values, with aliases expanded$/;

Deno.test("loadConfig() reads a thousand services and a hundred thousand networks to deny", async () => {
  const services = Array.from(
    { length: 1000 },
    (_, i) =>
      `  - {name: s${i}, type: echo, listen: "tcp://127.0.0.1:${i + 1}"}\n`,
  );
  const deny = Array.from(
    { length: 100_000 },
    (_, i) =>
      `      - 2001:db8:${(i >> 16).toString(16)}:${
        (i & 0xffff).toString(16)
      }::/64\n`,
  );
  const { services: read } = await load(
    `services:\n${services.join("")}` +
      `  - name: last\n    type: echo\n    listen: tcp://127.0.0.1:2000\n    deny:\n${
        deny.join("")
      }`,
  );
  assertEquals(read.length, 1001);
  assertEquals(read.at(-1)?.limits.deny?.length, 100_000);
});

Deno.test("loadConfig() refuses an alias bomb of values", async () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++) {
    lines.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(", ")}]`);
  }
  assertMatch(await refusal(lines.join("\n")), BOMB);
});

Deno.test("loadConfig() refuses an alias bomb of text", async () => {
  const text = "x".repeat(100_000);
  const aliases = Array(10_000).fill("*t").join(", ");
  assertMatch(await refusal(`a: &t ${text}\nb: [${aliases}]\n`), BOMB);
});

Deno.test("loadConfig() refuses a nesting that only aliases make deep", async () => {
  const lines = ["a0: &a0 [b]"];
  for (let i = 1; i < 1000; i++) lines.push(`a${i}: &a${i} [[*a${i - 1}]]`);
  assertEquals(
    await refusal(lines.join("\n")),
    "a16[0][0]: nested more than 32 levels deep",
  );
});

Deno.test("loadConfig() refuses an alias that contains itself", async () => {
  for (const content of ["&a [*a]", "a: &a\n  b: [*a]\n", "&a {x: {y: *a}}"]) {
    assertMatch(
      await refusal(content),
      /^\S+: has an alias that contains itself$/,
    );
  }
});

Deno.test("loadConfig() refuses deep nesting before the stack ends", async () => {
  for (const opening of ["[", "- ", "{a: ", "[{a: "]) {
    const message = await refusal(opening.repeat(100_000));
    assertMatch(
      message,
      /^line 1, column \d+: nested more than 32 levels deep$/,
    );
  }
  const half = (inner: string) => "[".repeat(20) + inner + "]".repeat(20);
  const deep = await refusal(`a: &a ${half("b")}\nc: ${half("*a")}\n`);
  assertMatch(deep, /^c.*: nested more than 32 levels deep$/);
});

Deno.test("loadConfig() keeps a syntax error short, whatever the file holds", async () => {
  const long = "x".repeat(500_000);
  for (
    const content of [`a: *${long}`, `a: !${long} b`, `"${long}\x1b[2J": *b`]
  ) {
    const message = await refusal(content);
    assert(message.length < 500, message.slice(0, 400));
  }
});
