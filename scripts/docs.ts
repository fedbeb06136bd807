/**
 * `deno task docs`: writes docs/configuration.md from the JSON Schema of the
 * config file, so that the two cannot drift.
 *
 * @module
 */

import { readSections, type Section } from "./reference.ts";

const SCHEMA = new URL("../config/mynah.schema.json", import.meta.url);
const OUTPUT = new URL("../docs/configuration.md", import.meta.url);
const START = "<!-- Made by `deno task docs` from config/mynah.schema.json. -->";

function writeSection({ title, text, settings }: Section): string {
  const rows = settings.map(({ key, description, default: value }) =>
    `| \`${key}\` | ${description.replaceAll("|", "\\|")} | ${value} |`
  );
  const table = rows.length === 0
    ? ""
    : ["| Key | What it sets | Default |", "| --- | --- | --- |", ...rows, ""]
      .join("\n");
  return [`## ${title}`, text, table].filter((part) => part !== "").join("\n\n");
}

/** Writes the part of docs/configuration.md that is made, not yet formatted. */
export function configurationReference(): string {
  const schema = JSON.parse(Deno.readTextFileSync(SCHEMA));
  return `${START}\n\n${readSections(schema).map(writeSection).join("\n\n")}`;
}

if (import.meta.main) {
  const [before] = Deno.readTextFileSync(OUTPUT).split(START);
  Deno.writeTextFileSync(OUTPUT, `${before}${configurationReference()}\n`);
}
