import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import { exchangeTcp } from "../support/clients.ts";
import { readMetrics } from "../support/admin.ts";
import { Mynah, withWorkers } from "../support/mynah.ts";
import { LINUX, testWith, UNIX } from "../support/needs.ts";
import { TempFolder } from "../support/temp_folder.ts";

const HELLO = new TextEncoder().encode("hello");

const CONFIG = withWorkers(JSON.stringify({
  log: { format: "json" },
  admin: "127.0.0.1:0",
  services: [{ name: "echo", type: "echo", listen: "tcp://127.0.0.1:0" }],
}));

interface Entry {
  readonly message: string;
  readonly lines?: number;
  readonly reason?: string;
  readonly listening?: readonly string[];
  readonly admin?: string;
}

/** The lines of a log, those that were torn left out. */
function entriesOf(text: string): Entry[] {
  return text.split("\n").filter((line) => line !== "").flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/** The addresses in a ready line: of the service, and of admin. */
function addressesOf(text: string): Deno.NetAddr[] {
  return [...text.matchAll(/tcp:\/\/([\d.]+):(\d+)/g)].map((
    [, hostname, port],
  ) => ({ transport: "tcp", hostname, port: Number(port) }));
}

/** Has clients come and go until so many lines are lost. */
async function loseLines(
  [echo, admin]: readonly Deno.NetAddr[],
  count: number,
): Promise<void> {
  const lost = async () =>
    (await readMetrics(admin)).value("mynah_log_lines_lost_total");
  while (await lost() < count) {
    assertBytes(await exchangeTcp(echo, HELLO), HELLO);
  }
}

/** Waits until a text that grows matches. */
async function until(text: () => string, pattern: RegExp): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!pattern.test(text())) {
    assert(Date.now() < deadline, `no ${pattern} in:\n${text()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

testWith(
  [UNIX, "bash"],
  "a log on a pipe whose reader comes back goes on, and says how many lines were lost",
  async () => {
    using folder = new TempFolder();
    const config = folder.write("mynah.yaml", CONFIG);
    const pipe = folder.file("log");
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    const read = (program: string, ...args: string[]) =>
      new Deno.Command(program, { args: [...args, pipe], stdout: "piped" })
        .spawn();

    const first = read("head", "-n", "1");
    const through = ["bash", "-c", `exec "$@" 2> '${pipe}'`, "bash"];
    await using mynah = new Mynah(["serve", "--config", config], { through });
    const ready = new TextDecoder().decode((await first.output()).stdout);
    assertEquals(entriesOf(ready).map(({ message }) => message), ["ready"]);
    const addresses = addressesOf(ready);
    await loseLines(addresses, 3);

    const second = read("cat");
    let after = "";
    const reading = (async () => {
      const chunks = second.stdout.pipeThrough(new TextDecoderStream());
      for await (const chunk of chunks) after += chunk;
    })();
    // By itself: no client comes meanwhile.
    await until(() => after, /"log lines lost".*\n/);
    assertEquals(await mynah.stop(), 0);
    await reading;
    await second.status;
    const entries = entriesOf(after);
    const [lost] = entries;
    assertEquals(lost.message, "log lines lost");
    assert(lost.lines! >= 3);
    assertMatch(lost.reason!, /pipe/i);
    assertEquals(entries.at(-1)!.message, "stopped");
    const told = entries.filter(({ message }) => message === lost.message);
    assertEquals(told.length, 1);
  },
);

testWith(
  [LINUX, "bash", "prlimit"],
  "a log on a disk that was full goes on when there is room, with whole lines",
  async () => {
    using folder = new TempFolder();
    const config = folder.write("mynah.yaml", CONFIG);
    const file = folder.file("log");
    // A file may not grow past this, which is how a full disk looks to the program.
    const through = [
      "bash",
      "-c",
      `trap '' XFSZ; exec prlimit --fsize=700: "$@" 2>> '${file}'`,
      "bash",
    ];
    await using mynah = new Mynah(["serve", "--config", config], { through });
    const text = () => {
      try {
        return Deno.readTextFileSync(file);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return "";
        throw error;
      }
    };
    await until(text, /"ready".*\n/);
    await loseLines(addressesOf(text()), 3);
    const { code } = await new Deno.Command("prlimit", {
      args: [`--pid=${mynah.pid}`, "--fsize=unlimited"],
    }).output();
    assertEquals(code, 0);
    // By itself: no client comes meanwhile.
    await until(text, /"log lines lost".*\n/);
    assertEquals(await mynah.stop(), 0);
    const messages = entriesOf(text()).map(({ message }) => message);
    assertEquals(messages.at(-1), "stopped");
    assertEquals(messages.filter((one) => one === "log lines lost").length, 1);
    const torn = text().split("\n").length - 1 - messages.length;
    assert(torn <= 1, text());
  },
);

testWith(
  [LINUX, "bash"],
  "a standard output that cannot be written does not stop a server",
  async () => {
    const through = ["bash", "-c", 'exec "$@" > /dev/full', "bash"];
    const args = ["--service", "echo=tcp://127.0.0.1:0"];
    await using mynah = await Mynah.serve(args, { through });
    const echo = mynah.address("tcp");
    for (let i = 0; i < 3; i++) {
      assertBytes(await exchangeTcp(echo, HELLO), HELLO);
    }
    assertEquals(await mynah.stop(), 0);
  },
);
