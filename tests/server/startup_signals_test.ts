import { assert, assertEquals } from "@std/assert";
import { Mynah } from "../support/mynah.ts";
import { run } from "../support/programs.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith } from "../support/needs.ts";

/** From a file: without one, SIGHUP is not taken. */
const CONFIG = "{services: [{name: e, type: echo, listen: tcp://127.0.0.1:0}]}";
const STARTS = 15;
/** The exit codes that a shell gives to a death by these signals. */
const KILLED = { SIGHUP: 129, SIGTERM: 143 };

/** One moment of this process while the other one starts: a file is looked at. */
async function moment(): Promise<void> {
  await Deno.stat(new URL(import.meta.url));
}

/** How many moments a start takes. */
async function momentsToReady(file: string): Promise<number> {
  await using mynah = new Mynah(["serve", file]);
  let ready = false;
  const waiting = mynah.line(/\bready\b/).finally(() => ready = true);
  let moments = 0;
  for (; !ready; moments++) await moment();
  await waiting;
  return moments;
}

/** Sends signals at some moment of a start, from the first to a few after the last, to so many mynahs. */
async function forEachStart(
  signals: readonly Deno.Signal[],
  check: (mynah: Mynah) => Promise<void>,
): Promise<void> {
  using folder = new TempFolder();
  const file = folder.write("mynah.yaml", CONFIG);
  const most = 1.2 * await momentsToReady(file);
  for (let i = 0; i < STARTS; i++) {
    await using mynah = new Mynah(["serve", file]);
    const moments = Math.floor((i + Math.random()) / STARTS * most);
    for (let passed = 0; passed < moments; passed++) await moment();
    for (const signal of signals) mynah.kill(signal);
    await check(mynah);
    assert(!/bug|panic|error/i.test(mynah.log), mynah.log);
  }
}

Deno.test("SIGTERM at any moment of the start ends mynah", async () => {
  await forEachStart(["SIGTERM"], async (mynah) => {
    const code = await mynah.ended();
    assert(code === 0 || code === KILLED.SIGTERM, `${code}\n${mynah.log}`);
  });
});

Deno.test("SIGHUP at any moment of the start is obeyed once mynah is ready, or ends it before it could", async () => {
  await forEachStart(["SIGHUP"], async (mynah) => {
    const isServing = await mynah.line(/\breload(ed| failed)\b/)
      .then(() => true, () => false);
    if (isServing) {
      assertEquals(await mynah.stop(), 0, mynah.log);
    } else {
      // If it still ran, this would be how it ends.
      await mynah[Symbol.asyncDispose]();
      assertEquals(await mynah.ended(), KILLED.SIGHUP, mynah.log);
    }
  });
});

testWith(
  ["mkfifo", "sh"],
  "SIGTERM ends mynah while it waits for a config that never comes",
  async () => {
    using folder = new TempFolder();
    const pipe = folder.file("mynah.yaml");
    await run(["mkfifo", pipe]);
    await using mynah = new Mynah(["serve", "--config", pipe]);
    // To open a pipe is to wait for the other side: when it is open, mynah reads it.
    const writer = new Deno.Command("sh", {
      args: ["-c", `exec 3> '${pipe}'; echo open; cat`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const said = writer.stdout.getReader();
    await said.read();
    mynah.kill("SIGTERM");
    assertEquals(await mynah.ended(), 0);
    await writer.stdin.close();
    await said.cancel();
    await writer.status;
  },
);

Deno.test("SIGHUP and SIGTERM together at any moment of the start end mynah", async () => {
  await forEachStart(["SIGHUP", "SIGTERM"], async (mynah) => {
    const code = await mynah.ended();
    const expected = [0, KILLED.SIGHUP, KILLED.SIGTERM];
    assert(expected.includes(code), `${code}\n${mynah.log}`);
  });
});

Deno.test("SIGTERM twice at any moment of the start ends mynah", async () => {
  await forEachStart(["SIGTERM", "SIGTERM"], async (mynah) => {
    const code = await mynah.ended();
    assert(code === 0 || code === KILLED.SIGTERM, `${code}\n${mynah.log}`);
  });
});
