/**
 * `mynah serve`.
 *
 * @module
 */

import { aborted, settledWithin } from "../base/time.ts";
import type { Plan } from "../config/plan.ts";
import { Server } from "../server/server.ts";
import { LineWriter } from "../telemetry/line_writer.ts";
import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { hints } from "./hints.ts";
import {
  CONFIG_OPTIONS,
  configFile,
  planEmbedded,
  planFile,
  planServices,
  readLabels,
  refuseReload,
  STANDARD_INPUT,
} from "./source.ts";
import { VERSION } from "./version.ts";

/** At the end, a slow reader of the hints has this long to take them. */
const LAST_LINES_MS = 1000;

async function run(args: readonly string[], world: World): Promise<number> {
  const options = readOptions(args, {
    ...CONFIG_OPTIONS,
    collect: ["service", "label"],
    boolean: ["once"],
  });
  const { collect: { service, label }, boolean: { once } } = options;
  const config = configFile(options);
  if (config !== undefined && service.length > 0) {
    throw new UsageError('Use either a config file or "--service", not both');
  }
  const labels = readLabels(label);
  const isPiped = config === STANDARD_INPUT;
  function load(signal?: AbortSignal): Promise<Plan> {
    if (config !== undefined) {
      // Nobody waits for the first time, and a thread takes time to start.
      const module = signal && world.configModule;
      return planFile(config, { signal, module, labels });
    }
    return service.length > 0 ? planServices(service, labels) : planEmbedded();
  }
  // A config that comes through a pipe may never end: a signal ends the waiting too.
  const signals = world.signals({
    reloads: config !== undefined && !isPiped,
  });
  const stopped = aborted(signals.stop);
  const plan = await Promise.race([load(), stopped]);
  if (!plan) return ExitCode.OK;

  const exchanged = Promise.withResolvers<void>();
  const server = await Server.start(plan, {
    version: VERSION,
    load: isPiped ? refuseReload : load,
    workerModule: world.workerModule,
    onExchange: once ? exchanged.resolve : undefined,
  });
  const stdout = new LineWriter(Deno.stdout);
  if (config === undefined) {
    const embedded = service.length === 0;
    stdout.write(hints(plan, server.addresses, embedded));
  }
  signals.onReload(() => void server.reload());

  await Promise.race([stopped, exchanged.promise]);
  await Promise.all([
    server.stop(signals.force),
    settledWithin(stdout.flush(), LAST_LINES_MS),
  ]);
  return ExitCode.OK;
}

export const serve: Command = {
  name: "serve",
  summary: "Run the services",
  help: `Usage: mynah serve [FILE | --service TYPE=ADDRESS ...] [OPTIONS]

Runs the services of a config file until SIGTERM or Ctrl-C. Open connections
then have shutdown_grace to finish; a second signal stops mynah at once.

Options:
  -c, --config FILE        the config file, the same as FILE; "-" is standard
                           input
  --service TYPE=ADDRESS   run this service without a config file; repeatable:
                           --service echo=udp://127.0.0.1:12345
                           --service echo=tcp://*:7000-7099
  --label NAME=VALUE       add a label to the answers of whoami; repeatable:
                           --label zone=eu-1
  --once                   exit after the first connection or answered datagram
  -h, --help               show this help

Without FILE and --service, mynah serves echo on 127.0.0.1:10007 and quotes on
127.0.0.1:10017, over TCP and UDP.

Exit codes: 0 stopped, 64 wrong usage, 69 an address could not be bound,
78 bad config.
`,
  run,
};
