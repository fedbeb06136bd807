/**
 * `mynah check`.
 *
 * @module
 */

import { formatHostPort } from "../base/address.ts";
import { formatAddresses } from "../config/address_range.ts";
import type { AdminConfig, Config } from "../config/config.ts";
import { formatDuration } from "../base/duration.ts";
import type { Plan } from "../config/plan.ts";
import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { CONFIG_OPTIONS, configFile, nameOf, planFile } from "./source.ts";

async function run(args: readonly string[], world: World): Promise<number> {
  const file = configFile(readOptions(args, CONFIG_OPTIONS));
  if (file === undefined) throw new UsageError("A config file is missing");
  const plan = await planFile(file);
  world.print(`${nameOf(file)}: OK\n\n${describePlan(plan)}`);
  return ExitCode.OK;
}

function describePlan({ config, services }: Plan): string {
  const rows = services.flatMap(({ config: { name, type, listen }, service }) =>
    formatAddresses(listen).map((address, i) =>
      i === 0 ? [name, type, address, service.summary] : ["", "", address, ""]
    )
  );
  const warnings = services.flatMap(({ config, service }) =>
    service.warnings.map((warning) => `warning: ${config.name}: ${warning}\n`)
  );
  return table([["SERVICE", "TYPE", "ADDRESS", "SERVES"], ...rows]) +
    `\n${describeSettings(config)}\n` + warnings.join("");
}

function describeSettings(
  { log, workers, admin, shutdownGraceMs }: Config,
): string {
  const settings = [
    `log: ${log.level}, ${log.format}`,
    ...(log.maxLinesPerSecond === undefined
      ? []
      : [`log lines of a service: ${log.maxLinesPerSecond} a second`]),
    ...(workers === 1 ? [] : [`workers: ${workers}`]),
    `admin: ${admin ? describeAdmin(admin) : "off"}`,
    `shutdown grace: ${formatDuration(shutdownGraceMs)}`,
  ];
  return settings.join("; ");
}

function describeAdmin({ hostname, port, hosts = [] }: AdminConfig): string {
  const address = formatHostPort(hostname, port);
  return hosts.length === 0 ? address : `${address} (${hosts.join(", ")})`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => row[column].length))
  );
  return rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column])).join("  ")
      .trimEnd() + "\n"
  ).join("");
}

export const check: Command = {
  name: "check",
  summary: "Check a config file and show what it would serve",
  help: `Usage: mynah check [-c] FILE

Does all that "mynah serve FILE" does short of binding: reads the file
and the quotes files that it names, and prints what would be served as a table.
Every problem is reported at once. With "-" for FILE it reads standard input.

Exit codes: 0 the file can be served, 64 wrong usage, 78 bad config.
`,
  run,
};
