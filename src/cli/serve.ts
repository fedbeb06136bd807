/**
 * `mynah serve`.
 *
 * @module
 */

import { type Address, formatAddress } from "../config/address.ts";
import type { Plan } from "../plan.ts";
import { Supervisor } from "../supervisor.ts";
import { LineWriter } from "../telemetry/line_writer.ts";
import { createLog } from "../telemetry/log.ts";
import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { planEmbedded, planFile, planServices } from "./source.ts";
import { VERSION } from "./version.ts";

/** At the end, so long a slow reader of the log may take for the last lines. */
const LAST_LINES_MS = 1000;

async function run(args: readonly string[], world: World): Promise<number> {
  const { string: { config }, collect: { service }, boolean: { once } } =
    readOptions(args, {
      string: ["config"],
      collect: ["service"],
      boolean: ["once"],
    });
  if (config !== undefined && service.length > 0) {
    throw new UsageError('Use either "--config" or "--service", not both');
  }
  const signals = world.signals();
  const plan = config !== undefined
    ? await planFile(config)
    : service.length > 0
    ? await planServices(service)
    : await planEmbedded();

  const writer = new LineWriter(Deno.stderr);
  const log = createLog(writer, {
    ...plan.config.log,
    color: Deno.stderr.isTerminal() && !Deno.noColor,
  });
  const exchanged = Promise.withResolvers<void>();
  const supervisor = Supervisor.start(plan, {
    log,
    onExchange: once ? exchanged.resolve : undefined,
  });
  for (const { config, service } of plan.services) {
    for (const warning of service.warnings) {
      log.warn(warning, { service: config.name });
    }
  }
  log.info("ready", {
    version: VERSION,
    pid: Deno.pid,
    listening: supervisor.addresses.map(formatAddress),
  });
  if (config === undefined) {
    const embedded = service.length === 0;
    world.print(hints(plan, supervisor.addresses, embedded));
  }

  await Promise.race([aborted(signals.stop), exchanged.promise]);
  await supervisor.stop(signals.force);
  await Promise.race([writer.flush(), delay(LAST_LINES_MS)]);
  return ExitCode.OK;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** For whoever started mynah without a config file: one command to paste for each address. */
function hints(
  { services }: Plan,
  addresses: readonly Address[],
  embedded: boolean,
): string {
  const origin = embedded
    ? 'No --config given: these are the built-in defaults ("mynah serve --help").\n'
    : "";
  const types = services.flatMap(({ config: { type, listen } }) =>
    listen.map(() => type)
  );
  const lines = addresses.map(({ transport, hostname, port }, i) => {
    const host = hostname === "*" || hostname === "0.0.0.0"
      ? "127.0.0.1"
      : hostname === "::"
      ? "::1"
      : hostname;
    const options = transport === "udp" ? "-u -w 1" : "-w 1";
    return `  echo hello | nc ${options} ${host} ${port}`.padEnd(46) +
      `# ${types[i]} over ${transport.toUpperCase()}\n`;
  });
  return `${origin}Try:\n${lines.join("")}`;
}

export const serve: Command = {
  name: "serve",
  summary: "Run the services",
  help:
    `Usage: mynah serve [--config FILE | --service TYPE=ADDRESS ...] [--once]

Runs the services of a config file until SIGTERM or Ctrl-C. Open connections may
then finish for shutdown_grace; a second signal ends at once.

Options:
  --config FILE            the YAML file that says which services run where
  --service TYPE=ADDRESS   run this one without a file; may be repeated:
                           --service echo=udp://127.0.0.1:12345
  --once                   leave after the first connection or answered datagram
  -h, --help               show this help

Without --config and --service: echo on 127.0.0.1:10007 and quotes on
127.0.0.1:10017, TCP and UDP each.

Exit codes: 0 stopped, 64 wrong usage, 69 an address could not be bound,
78 bad config.
`,
  run,
};
