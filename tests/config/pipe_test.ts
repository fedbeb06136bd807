import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exchangeTcp } from "../support/clients.ts";
import { readMetrics } from "../support/admin.ts";
import { Mynah, withWorkers } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import { run } from "../support/programs.ts";
import { LINUX, testWith, UNIX } from "../support/needs.ts";
import { TempFolder } from "../support/temp_folder.ts";

const HELLO = new TextEncoder().encode("hello");
const TCP = "tcp://127.0.0.1:0";
const ECHO = withWorkers(
  JSON.stringify({ services: [{ name: "e", type: "echo", listen: TCP }] }),
);

for (
  const [name, source] of [
    ["a pipe without a name", "<(cat)"],
    ["/dev/stdin", "/dev/stdin"],
  ]
) {
  testWith([LINUX, "bash"], `check reads a config from ${name}`, async () => {
    const through = ["bash", "-c", `exec "$@" ${source}`, "bash"];
    const { code, stdout, stderr } = await runMynah(["check"], {
      through,
      stdin: ECHO,
    });
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, ": OK\n");
  });

  testWith([LINUX, "bash"], `check says that ${name} is empty`, async () => {
    const through = ["bash", "-c", `exec "$@" ${source}`, "bash"];
    const { code, stderr } = await runMynah(["check"], { through });
    assertEquals(code, 78);
    assertStringIncludes(stderr, "holds no settings");
  });
}

testWith(
  [UNIX, "sh"],
  "serve waits for the writer of a config in a pipe, and reads what the next one writes at a reload",
  async () => {
    using folder = new TempFolder();
    const pipe = folder.file("mynah.yaml");
    await run(["mkfifo", pipe]);
    await using mynah = new Mynah(["serve", "--config", pipe]);
    const write = () => run(["sh", "-c", `cat > '${pipe}'`], ECHO);
    assertEquals((await write()).code, 0);
    await mynah.line(/\bready\b/);
    for (let i = 1; i < 4; i++) {
      mynah.kill("SIGHUP");
      assertEquals((await write()).code, 0);
      await mynah.line(/\breload(ed| failed)\b/, i);
    }
    assertEquals(await mynah.stop(), 0);
  },
);

testWith(
  [LINUX, "sh"],
  "a reload that waits for a pipe keeps no thread, and holds up neither the log nor the end",
  async () => {
    const service = { name: "e", type: "echo", listen: TCP };
    await using mynah = await Mynah.configured({
      admin: "127.0.0.1:0",
      services: [service],
    });
    const { folder } = mynah;
    const file = folder.file("mynah.yaml");
    Deno.removeSync(file);
    await run(["mkfifo", file]);
    mynah.kill("SIGHUP");
    // Its writer is let in when mynah has opened the pipe, and says nothing.
    const writer = new Deno.Command("sh", {
      args: ["-c", `exec 3> '${file}'; echo open; cat`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const said = writer.stdout.getReader();
    await said.read();

    for (let i = 1; i < 4; i++) {
      assertEquals(await exchangeTcp(mynah.address("tcp"), HELLO), HELLO);
      await mynah.line(/connection ended/, i);
    }
    const metrics = await readMetrics(mynah.admin);
    assertEquals(metrics.value("mynah_config_reads_stuck"), 0);
    // A read that waited in the kernel would show where.
    const waiting = [...Deno.readDirSync(`/proc/${mynah.pid}/task`)]
      .map(({ name }) =>
        Deno.readTextFileSync(`/proc/${mynah.pid}/task/${name}/wchan`)
      )
      .filter((place) => /fifo|pipe/.test(place));
    assert(waiting.length === 0, waiting.join());
    assertEquals(await mynah.stop(), 0);
    await writer.stdin.close();
    await said.cancel();
    await writer.status;
  },
);
