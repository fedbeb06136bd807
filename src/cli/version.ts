/**
 * `mynah version`.
 *
 * @module
 */

import denoJson from "../../deno.json" with { type: "json" };
import { readOptions } from "./args.ts";
import type { Command, World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";

/** The program's own version. */
export const VERSION: string = denoJson.version;

function run(args: readonly string[], world: World): number {
  readOptions(args, {});
  const { os, arch } = Deno.build;
  world.print(`mynah ${VERSION} (Deno ${Deno.version.deno}, ${os} ${arch})\n`);
  return ExitCode.OK;
}

export const version: Command = {
  name: "version",
  summary: "Print the version",
  help: `Usage: mynah version

Prints the version of mynah, and of the Deno runtime in it.
`,
  run,
};
