import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exchangeTcp } from "../support/clients.ts";
import { Mynah, withWorkers } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import { testWith, UNIX } from "../support/needs.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** The folder that mynah runs in here. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ECHO = 'services: [{name: e, type: echo, listen: "tcp://127.0.0.1:0"}]\n';
const hello = new TextEncoder().encode("hello");

Deno.test("check - reads standard input", async () => {
  const good = await runMynah(["check", "-"], { stdin: ECHO });
  assertEquals([good.code, good.stderr], [0, ""]);
  assertMatch(good.stdout, /^standard input: OK\n/);
  const bad = await runMynah(["check", "-"], { stdin: "services: []\n" });
  assertEquals(bad.code, 78);
  assertEquals(
    bad.stderr,
    "standard input: services: found an empty list, expected at least one service\n",
  );
});

testWith(
  [UNIX, "sh"],
  "serve - reads standard input, quotes relative to the current folder, and refuses to reload",
  async () => {
    using folder = new TempFolder();
    const quotes = folder.write("q.txt", "one of my own\n");
    const file = folder.write(
      "mynah.yaml",
      withWorkers(`admin: 127.0.0.1:0
services:
  - name: q
    type: qotd
    listen: tcp://127.0.0.1:0
    quotes: {file: "${relative(ROOT, quotes)}"}
`),
    );
    await using mynah = await Mynah.serve(["-"], {
      through: ["sh", "-c", `exec "$@" < '${file}'`, "sh"],
    });
    const quote = await exchangeTcp(mynah.addresses[0], hello);
    assertStringIncludes(new TextDecoder().decode(quote), "one of my own");
    const { hostname, port } = mynah.admin;
    const reload = await fetch(`http://${hostname}:${port}/-/reload`, {
      method: "POST",
    });
    assertEquals(reload.status, 422);
    await reload.body?.cancel();
    assertStringIncludes(
      await mynah.line(/reload/),
      "standard input: was read at the start and cannot be read again",
    );
  },
);
