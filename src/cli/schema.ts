/**
 * `mynah schema`.
 *
 * @module
 */

import { registry } from "../services/registry.ts";
import { readOptions } from "./args.ts";
import type { Command, World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";

async function run(args: readonly string[], world: World): Promise<number> {
  readOptions(args, {});
  // Loaded here, not above: `serve` starts faster without it.
  const { jsonSchema } = await import("../config/json_schema.ts");
  world.print(jsonSchema(registry));
  return ExitCode.OK;
}

export const schema: Command = {
  name: "schema",
  summary: "Print the JSON Schema of the config file",
  help: `Usage: mynah schema

Prints the JSON Schema of the config file, for editors that complete and check
YAML. With the YAML language server, put this on the file's first line:

  # yaml-language-server: $schema=mynah.schema.json
`,
  run,
};
