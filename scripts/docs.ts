/**
 * `deno task docs`: writes docs/configuration.md from the JSON Schema of the
 * config file, so that the two cannot drift.
 *
 * @module
 */

import { readSections, type Section } from "./reference.ts";

const SCHEMA = new URL("../config/mynah.schema.json", import.meta.url);
const OUTPUT = new URL("../docs/configuration.md", import.meta.url);
const START =
  "<!-- Made by `deno task docs` from config/mynah.schema.json. -->";

/** Where more is said of a setting. */
const MORE: Readonly<Record<string, string>> = {
  "workers": "operations.md#more-than-one-core",
  "admin.hosts": "operations.md#who-may-ask",
  "listen": "operations.md#addresses",
  "allow": "operations.md#lists-of-addresses",
  "proxy_protocol": "operations.md#behind-a-load-balancer",
  "max_connections_per_client": "operations.md#what-a-client-is",
  "udp_min_client_port": "responder_ports.md",
};

function writeSection({ title, text, settings }: Section): string {
  const rows = settings.map(({ key, description, values, default: value }) => {
    const more = MORE[key] ? ` [More](${MORE[key]}).` : "";
    return row([`\`${key}\``, linkRfcs(description) + more, values, value]);
  });
  const table = rows.length === 0 ? "" : [
    row(["Key", "What it sets", "Values", "Default"]),
    row(Array(4).fill("---")),
    ...rows,
    "",
  ].join("\n");
  return [`## ${title}`, linkRfcs(text), table]
    .filter((part) => part !== "").join("\n\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function linkRfcs(text: string): string {
  return text.replace(
    /RFC (\d+)/g,
    (name, number) => `[${name}](https://www.rfc-editor.org/rfc/rfc${number})`,
  );
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
