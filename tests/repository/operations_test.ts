import { assert, assertEquals } from "@std/assert";
import { Mynah } from "../support/mynah.ts";

async function document(): Promise<string> {
  const url = new URL("../../docs/operations.md", import.meta.url);
  return await Deno.readTextFile(url);
}

async function scrape(): Promise<string> {
  await using mynah = await Mynah.configured(`
admin: 127.0.0.1:0
services:
  - { name: echo, type: echo, listen: "udp://127.0.0.1:0" }
  - { name: quotes, type: qotd, listen: "udp://127.0.0.1:0" }
`);
  const line = await mynah.line(/\bready\b/);
  const [, port] = /admin=tcp:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return await response.text();
}

function unique(matches: Iterable<RegExpMatchArray>): string[] {
  return [...new Set([...matches].map(([, found]) => found))].sort();
}

Deno.test("docs/operations.md has every metric and every reason, and no others", async () => {
  const text = await document();
  const metrics = await scrape();
  const table = text.split("## Metrics")[1].split("## Log")[0];
  assertEquals(
    unique(table.matchAll(/`((?:mynah|process)_[a-z_]+)`/g)),
    unique(metrics.matchAll(/^# TYPE (\S+)/gm)),
  );

  const silence = text.split("### UDP gets no answer")[1];
  assertEquals(
    unique(silence.matchAll(/^\| `([a-z_]+)`/gm)),
    unique(metrics.matchAll(/^mynah_datagrams_dropped.*reason="([a-z_]+)"/gm)),
  );
  for (
    const reason of unique(metrics.matchAll(/refused.*reason="([a-z_]+)"/g))
  ) {
    assert(table.includes(`\`${reason}\``), reason);
  }
});
