import { assert, assertEquals } from "@std/assert";
import { configurationReference } from "../../scripts/docs.ts";
import { readSections } from "../../scripts/reference.ts";

const ROOT = new URL("../..", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));

/** Formats Markdown as `deno fmt` does. */
async function format(markdown: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  const { code, stdout } = await process.output();
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout);
}

Deno.test("docs/configuration.md is what deno task docs writes", async () => {
  const reference = await format(configurationReference());
  assert(
    read("docs/configuration.md").endsWith(`\n${reference}`),
    "differs: run `deno task docs`",
  );
});

Deno.test("the reference says of every setting in whole sentences what it sets, which values it takes and what holds without it", () => {
  const sections = readSections(JSON.parse(read("config/mynah.schema.json")));
  for (const { title, settings } of sections) {
    for (const { key, description, values, default: value } of settings) {
      const name = `${title}, ${key}`;
      assert(/^[A-Z].*\.$/.test(description), `${name}: "${description}"`);
      assert(values !== "" && value !== "", name);
    }
  }
});
