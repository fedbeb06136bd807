import { assertEquals } from "@std/assert";
import { runInProcess } from "./memory_world.ts";
import { runMynah } from "./mynah.ts";
import { TempFolder } from "./temp_folder.ts";

const QUOTES = `a quote\n%\n${"x".repeat(600)}\n%\nanother\n`;

const CONFIG = `
log: {level: warn, format: json}
shutdown_grace: 90s
services:
  - name: echo
    type: echo
    listen: [tcp://*:7, "udp://[0::1]:7"]
  - name: quotes-of-the-day
    type: qotd
    listen: udp://localhost:17
    quotes: {file: sub/q.txt, pick: random}
`;

Deno.test("check shows what would be served as a table, and what is left out", async () => {
  using folder = new TempFolder();
  Deno.mkdirSync(folder.file("sub"));
  folder.write("sub/q.txt", QUOTES);
  const file = folder.write("mynah.yaml", CONFIG);
  assertEquals(await runMynah(["check", file]), {
    code: 0,
    stdout: `${file}: OK

SERVICE            TYPE  ADDRESS             SERVES
echo               echo  tcp://*:7
                         udp://[::1]:7
quotes-of-the-day  qotd  udp://localhost:17  2 quotes, random

log: warn, json; admin: off; shutdown grace: 90s
warning: quotes-of-the-day: 1 quote left out: longer than 511 bytes (RFC 865)
`,
    stderr: "",
  });
});

Deno.test("check binds nothing: an address in use is no problem", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using folder = new TempFolder();
  const file = folder.write(
    "mynah.yaml",
    `services:\n  - {name: e, type: echo, listen: "tcp://127.0.0.1:${taken.addr.port}"}\n`,
  );
  const { code, stderr } = await runInProcess(["check", file]);
  assertEquals([code, stderr], [0, ""]);
});
