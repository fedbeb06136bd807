/**
 * The table of commands, and the way from the command line to one of them.
 *
 * @module
 */

import { BindErrors } from "../server/supervisor.ts";
import { WorkerError } from "../workers/worker_handle.ts";
import { ConfigError } from "../config/problems.ts";
import { didYouMean } from "../base/did_you_mean.ts";
import { printable } from "../base/printable.ts";
import { beforeDashes } from "./args.ts";
import { health, reload } from "./admin_command.ts";
import { check } from "./check.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { init } from "./init.ts";
import { ping } from "./ping.ts";
import { quote } from "./quote.ts";
import { schema } from "./schema.ts";
import { serve } from "./serve.ts";
import { talk } from "./talk.ts";
import { version } from "./version.ts";

const commands: readonly Command[] = [
  serve,
  check,
  reload,
  health,
  ping,
  quote,
  talk,
  init,
  schema,
  version,
];

/**
 * Runs the command that the arguments name. Errors that a user can mend become
 * lines on standard error; others are bugs, and are thrown.
 *
 * @returns The exit code.
 */
export async function runCommand(
  args: readonly string[],
  world: World,
): Promise<number> {
  try {
    return await dispatch(args, world);
  } catch (error) {
    if (error instanceof UsageError) {
      world.complain(`mynah: ${error.message}\nTry "${helpFor(args[0])}".\n`);
      return ExitCode.USAGE;
    }
    if (error instanceof ConfigError) {
      world.complain(`${error.message}\n`);
      return ExitCode.CONFIG;
    }
    if (error instanceof WorkerError) {
      world.complain(
        `mynah: ${error.message}; use fewer "workers", or allow more threads (TasksMax, ulimit -u) or memory\n`,
      );
      return ExitCode.OS;
    }
    if (error instanceof BindErrors) {
      world.complain(`${error.message}\n`);
      return ExitCode.UNAVAILABLE;
    }
    throw error;
  }
}

function dispatch(
  [name, ...rest]: readonly string[],
  world: World,
): number | Promise<number> {
  if (name === undefined) {
    throw new UsageError("A command is missing");
  }
  if (name === "--help" || name === "-h" || name === "help") {
    world.print(rest.length === 0 ? overview() : find(rest[0]).help);
    return ExitCode.OK;
  }
  if (name === "--version" || name === "-V") return version.run([], world);
  const command = find(name);
  const options = beforeDashes(rest);
  if (options.includes("--help") || options.includes("-h")) {
    world.print(command.help);
    return ExitCode.OK;
  }
  return command.run(rest, world);
}

/** @throws {UsageError} When there is no such command. */
function find(name: string): Command {
  const command = commands.find((command) => command.name === name);
  if (command) return command;
  const names = [...commands.map((command) => command.name), "help"];
  throw new UsageError(
    `Unknown command "${printable(name)}"${didYouMean(name, names)}`,
  );
}

/** What tells more: the help of a command, or of all. */
function helpFor(name: string | undefined): string {
  return commands.some((command) => command.name === name)
    ? `mynah ${name} --help`
    : "mynah --help";
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) =>
    `  ${name.padEnd(width)}  ${summary}`
  );
  return `mynah answers on the network: echo (RFC 862) and quote of the day (RFC 865),
over TCP and UDP, from one YAML file.

Usage: mynah COMMAND [OPTIONS]

Commands:
${lines.join("\n")}

"mynah help COMMAND" explains a command.
`;
}
