import { assert, assertEquals } from "@std/assert";
import { runMynah } from "../support/cli.ts";
import { run } from "../support/programs.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith } from "../support/needs.ts";

/** Where Debian keeps its quotes. */
const FORTUNES = "/usr/share/games/fortunes";

testWith(
  ["strfile"],
  "every file of Debian's fortunes loads, and has as many quotes as strfile counts",
  async () => {
    const names = [...Deno.readDirSync(FORTUNES)].map(({ name }) => name)
      .filter((name) => !/\.(dat|u8)$/.test(name)).sort();
    assert(names.length > 10);
    const counted = await Promise.all(
      names.map(async (name) => [name, await strfileCount(name)]),
    );
    assertEquals(await loadedCounts(names), Object.fromEntries(counted));
  },
);

async function strfileCount(name: string): Promise<number> {
  using folder = new TempFolder();
  const index = folder.file("index");
  const { text } = await run(["strfile", `${FORTUNES}/${name}`, index]);
  return Number(/There were (\d+) strings/.exec(text)?.[1]);
}

/** How many quotes mynah finds in each file: those that it would serve and those that it says it leaves out. */
async function loadedCounts(
  names: readonly string[],
): Promise<Record<string, number>> {
  const services = names.map((name) => ({
    name,
    type: "qotd",
    listen: "udp://127.0.0.1:0",
    quotes: { file: `${FORTUNES}/${name}` },
  }));
  using folder = new TempFolder();
  const file = folder.write("mynah.yaml", JSON.stringify({ services }));
  const { code, stdout, stderr } = await runMynah(["check", file]);
  assertEquals(code, 0, stderr);
  const counts: Record<string, number> = {};
  for (const [, name, count] of stdout.matchAll(SERVED)) {
    counts[name] = Number(count);
  }
  for (const [, name, count] of stdout.matchAll(LEFT_OUT)) {
    counts[name] += Number(count);
  }
  return counts;
}

const SERVED = /^(\S+) +qotd +\S+ +(\d+) quotes?, daily$/mg;
const LEFT_OUT = /^warning: (\S+): (\d+) quotes? left out/mg;
