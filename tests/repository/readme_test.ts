import { assert, assertEquals } from "@std/assert";
import { runMynah } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const README = Deno.readTextFileSync(
  new URL("../../README.md", import.meta.url),
);
const MOST_LINES = 200;

/** What the README shows of a command: what is between its line and the next command or the block's end. */
function shown(command: string): string {
  const [, after] = README.split(`\n$ ${command}\n`);
  assert(after !== undefined, `README shows no "${command}"`);
  return after.split(/```|\n(?=\$ )/)[0];
}

Deno.test("the README's config passes the check, which prints what the README shows", async () => {
  const [, config] = /```yaml\n(# mynah\.yaml\n.*?)```/s.exec(README) ?? [];
  using folder = new TempFolder();
  const file = folder.write("mynah.yaml", config);
  const { stdout } = await runMynah(["check", file]);
  assertEquals(
    stdout.replaceAll(file, "mynah.yaml"),
    shown("mynah check mynah.yaml"),
  );
});

Deno.test(`the README has at most ${MOST_LINES} lines`, () => {
  assert(README.split("\n").length - 1 <= MOST_LINES);
});
