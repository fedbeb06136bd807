/**
 * `mynah init`.
 *
 * @module
 */

import { readOptions } from "./args.ts";
import type { Command, World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { EMBEDDED } from "./source.ts";

async function run(args: readonly string[], world: World): Promise<number> {
  readOptions(args, {});
  world.print(await Deno.readTextFile(EMBEDDED));
  return ExitCode.OK;
}

export const init: Command = {
  name: "init",
  summary: "Print a config file to start from",
  help: `Usage: mynah init

Prints a config file with comments, for you to change. It is the config that
"mynah serve" runs without a file.

  mynah init > mynah.yaml
  mynah check mynah.yaml
  mynah serve mynah.yaml
`,
  run,
};
