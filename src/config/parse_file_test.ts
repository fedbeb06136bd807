import { assertEquals, assertRejects } from "@std/assert";
import { registry } from "../services/registry.ts";
import { mayTakeLong, parseHere, parseInThread } from "./parse_file.ts";
import { findHosts } from "./clashes.ts";
import type { AccessLists } from "./parse.ts";
import { ConfigError } from "./problems.ts";

const module = new URL("parse_thread.ts", import.meta.url);

function question(text: string) {
  return { bytes: new TextEncoder().encode(text), source: "my.yaml" };
}

function toLists({ allow, deny }: AccessLists): AccessLists {
  return { allow, deny };
}

Deno.test("parseInThread() gives what parseHere() gives", async () => {
  const good = `log: {level: debug}
services:
  - {name: e, type: echo, listen: ["tcp://*:7", "udp://[::1]:7"], deny: 10.0.0.0/8}
  - {name: q, type: qotd, listen: "tcp://*:17", quotes: {inline: [a]}}
`;
  const bad = `services: [{name: e, type: ecoh, listen: x}, {type: qotd}]\n`;
  for (const text of [good, bad]) {
    const here = parseHere(question(text), registry);
    const there = await parseInThread(question(text), { module });
    assertEquals(there.config, here.config);
    assertEquals(there.services, here.services);
    assertEquals(there.problems, here.problems);
    assertEquals(there.access.map(toLists), here.access.map(toLists));
    assertEquals(findHosts(there.value), findHosts(here.value));
  }
});

Deno.test("parseInThread() refuses what is no YAML, in the same words", async () => {
  const { message } = await assertRejects(
    () => parseInThread(question("a: [\n"), { module }),
    ConfigError,
  );
  assertEquals(message, 'my.yaml: line 1, column 4: "[" is never closed');
});

Deno.test("parseInThread() ends with its signal, before and while it parses", async () => {
  const before = { module, signal: AbortSignal.abort() };
  await assertRejects(() => parseInThread(question("a: 1\n"), before));
  const ending = new AbortController();
  const ended = assertRejects(() =>
    parseInThread(question("- a\n".repeat(100_000)), {
      module,
      signal: ending.signal,
    })
  );
  ending.abort();
  await ended;
});

Deno.test("mayTakeLong() is true of large files, and of those whose aliases may make them large", () => {
  for (
    const [text, expected] of [
      ["a: b\n", false],
      ["#".repeat(4096), false],
      ["#".repeat(4097), true],
      ["a: &b c\n", true],
    ] as const
  ) assertEquals(mayTakeLong(question(text).bytes), expected);
});
