/**
 * `mynah check`.
 *
 * @module
 */

import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { describePlan } from "./describe_plan.ts";
import { ExitCode } from "./exit_code.ts";
import { CONFIG_OPTIONS, configFile, nameOf, planFile } from "./source.ts";

async function run(args: readonly string[], world: World): Promise<number> {
  const file = configFile(readOptions(args, CONFIG_OPTIONS));
  if (file === undefined) throw new UsageError("A config file is missing");
  const plan = await planFile(file);
  world.print(`${nameOf(file)}: OK\n\n${describePlan(plan)}`);
  return ExitCode.OK;
}

export const check: Command = {
  name: "check",
  summary: "Check a config file and show what would be in force",
  help: `Usage: mynah check [-c] FILE

Does everything that "mynah serve FILE" does except bind addresses: reads the
file and the files that it names, reports every problem at once, and prints what
would be in force, including the defaults. With "-" for FILE it reads standard
input.

Exit codes: 0 the config is good, 64 wrong usage, 78 bad config.
`,
  run,
};
