/**
 * The files of `deploy/`, for tests.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { parse } from "@std/yaml";
import { planFile } from "../../src/cli/source.ts";
import type { Plan } from "../../src/config/plan.ts";

const DEPLOY = new URL("../../deploy/", import.meta.url);

/** The text of a file. */
export async function readDeploy(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, DEPLOY));
}

/** What a config there would serve. @throws {ConfigError} */
export async function planDeploy(path: string): Promise<Plan> {
  return await planFile(fileURLToPath(new URL(path, DEPLOY)));
}

/** Every file below a folder, as a path within `deploy/`. */
export function deployFiles(folder = ""): string[] {
  const entries = [...Deno.readDirSync(new URL(`./${folder}`, DEPLOY))];
  return entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? deployFiles(`${folder}${name}/`) : [`${folder}${name}`]
  );
}

/** The documents of a YAML file. */
export async function readDocuments(path: string): Promise<unknown[]> {
  const text = await readDeploy(path);
  return text.split(/^---$/m).map((document) => parse(document));
}

/** `tcp/7` for each address that a plan serves. */
export function portsOf({ config: { services } }: Plan): string[] {
  return services.flatMap(({ listen }) =>
    listen.map(({ transport, port }) => `${transport}/${port}`)
  ).sort();
}
