/**
 * `mynah serve`.
 *
 * @module
 */

import { SpareDescriptors } from "../listeners/spare_descriptors.ts";
import { type Address, formatAddress } from "../base/address.ts";
import { formatAddresses, toRanges } from "../config/address_range.ts";
import type { Config } from "../config/config.ts";
import { ThisThread } from "../listeners/host.ts";
import type { RunningService } from "../listeners/running_service.ts";
import { type Plan, type PlannedService, warningsOf } from "../config/plan.ts";
import { Supervisor } from "../server/supervisor.ts";
import { Reload } from "../server/reload.ts";
import { type AdminHooks, planAdmin } from "../server/admin.ts";
import { LineWriter } from "../telemetry/line_writer.ts";
import { createLog, type Log, type LogOptions } from "../telemetry/log.ts";
import { WorkerPool, type WorkerPoolOptions } from "../workers/worker_pool.ts";
import { createMetrics } from "../server/metrics.ts";
import type { Metric } from "../base/prometheus_text.ts";
import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
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
import { aborted, delay } from "../base/time.ts";

/** At the end, a slow reader of the log has this long to take the last lines. */
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

  const writer = new LineWriter(Deno.stderr, {
    onLost: (lines, reason) => log.error("log lines lost", { lines, reason }),
  });
  const stdout = new LineWriter(Deno.stdout);
  const log = createLog(writer, logOptions(plan));
  // None until all addresses are bound.
  let services: () => readonly RunningService[] = () => [];
  const spares = new SpareDescriptors();
  // One exchange needs no second thread, which would not tell this one of it.
  const workers = once ? undefined : startWorkers(plan, {
    services: () => services(),
    writer,
    log,
    logOptions: logOptions(plan),
    shortage: spares.shortage,
    module: world.workerModule,
  });
  const reload = new Reload({
    supervisor: () => supervisor,
    plan,
    spares,
    load: isPiped ? refuseReload : load,
    onReloaded(next, { changed }) {
      log.configure(logOptions(next));
      workers?.configure(logOptions(next));
      if (countWorkers(next.config) !== countWorkers(plan.config)) {
        log.warn('a changed "workers" takes effect at the next start');
      }
      const isChanged = ({ spec }: PlannedService) =>
        changed.includes(spec.config.name);
      logWarnings(log, next.services.filter(isChanged));
    },
    log,
  });
  const exchanged = Promise.withResolvers<void>();
  const adminHooks: AdminHooks = {
    ready: () => supervisor.ready,
    metrics: createMetrics(() => supervisor.services, [
      ...programMetrics(writer, workers),
      ...reload.metrics(),
    ]),
    withDescriptors: (work) => spares.use(work),
    reload: () => reload.run(),
  };
  const supervisor = await Supervisor.start(plan, {
    log,
    host: workers ?? new ThisThread(),
    spares,
    onExchange: once ? exchanged.resolve : undefined,
    admin: (config, names) => planAdmin(config, names, adminHooks),
  });
  services = () => supervisor.services;
  spares.take();
  logWarnings(log, plan.services);
  logReady(log, supervisor);
  if (config === undefined) {
    const embedded = service.length === 0;
    stdout.write(hints(plan, supervisor.addresses, embedded));
  }
  signals.onReload(() => void reload.run());

  await Promise.race([stopped, exchanged.promise]);
  // Told twice to stop, it waits for nobody.
  await Promise.race([
    supervisor.stop(signals.force),
    aborted(signals.force).then(() => delay(LAST_LINES_MS)),
  ]);
  await Promise.race([workers?.flush(), delay(LAST_LINES_MS)]);
  const written = Promise.all([writer.flush(), stdout.flush()]);
  await Promise.race([written, delay(LAST_LINES_MS)]);
  return ExitCode.OK;
}

/** Only Linux spreads the connections of one port over several sockets. */
const CAN_SPREAD = Deno.build.os === "linux";

/** Starts the threads that serve TCP, if the config wants more than one. */
function startWorkers(
  { config }: Plan,
  options: Omit<WorkerPoolOptions, "count">,
): WorkerPool | undefined {
  const wanted = countWorkers(config);
  if (wanted === 1) return undefined;
  if (CAN_SPREAD) return new WorkerPool({ ...options, count: wanted });
  options.log.warn("several workers need Linux; serving with one");
}

function countWorkers({ workers }: Config): number {
  return workers === "auto" ? navigator.hardwareConcurrency : workers;
}

function logOptions({ config: { log } }: Plan): LogOptions {
  return { ...log, color: Deno.stderr.isTerminal() && !Deno.noColor };
}

function logWarnings(log: Log, services: readonly PlannedService[]): void {
  for (const planned of services) {
    for (const warning of warningsOf(planned)) {
      log.warn(warning, { service: planned.spec.config.name });
    }
  }
}

function logReady(log: Log, supervisor: Supervisor): void {
  const { addresses, adminAddress } = supervisor;
  log.info("ready", {
    version: VERSION,
    pid: Deno.pid,
    listening: formatAddresses(addresses),
    ...(adminAddress ? { admin: formatAddress(adminAddress) } : {}),
  });
}

function programMetrics(
  writer: LineWriter,
  workers: WorkerPool | undefined,
): Metric[] {
  return [
    {
      type: "gauge",
      name: "mynah_build_info",
      help: "The version of mynah and of the Deno in it, as labels.",
      samples: () => [{
        labels: { version: VERSION, deno: Deno.version.deno },
        value: 1,
      }],
    },
    {
      type: "gauge",
      name: "mynah_workers",
      help: "Threads that serve TCP.",
      samples: () => [{ labels: {}, value: workers?.count ?? 1 }],
    },
    {
      type: "counter",
      name: "mynah_workers_replaced_total",
      help: "Workers that died and were replaced.",
      samples: () => [{ labels: {}, value: workers?.replaced ?? 0 }],
    },
    {
      type: "counter",
      name: "mynah_log_lines_lost_total",
      help:
        "Log lines that were lost: they could not be written, or nobody read them in time.",
      samples: () => [{ labels: {}, value: writer.lost }],
    },
  ];
}

/** For whoever started mynah without a config file: one command to paste for each address, or for the first of a range. */
function hints(
  { services }: Plan,
  addresses: readonly Address[],
  embedded: boolean,
): string {
  const origin = embedded
    ? 'No --config given: these are the built-in defaults ("mynah serve --help").\n'
    : "";
  let taken = 0;
  const ranges = services.flatMap(({ spec: { config: { type, listen } } }) => {
    const own = addresses.slice(taken, taken += listen.length);
    return toRanges(own).map((range) => ({ type, ...range }));
  });
  const lines = ranges.map(({ type, transport, hostname, port, lastPort }) => {
    const host = hostname === "*" || hostname === "0.0.0.0"
      ? "127.0.0.1"
      : hostname === "::"
      ? "::1"
      : hostname;
    const options = transport === "udp" ? "-u -w 1" : "-w 1";
    return `  echo hello | nc ${options} ${host} ${port}`.padEnd(46) +
      `# ${type} over ${transport.toUpperCase()}` +
      (lastPort > port ? `, and so on to port ${lastPort}` : "");
  });
  return `${origin}Try:\n${lines.join("\n")}`;
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
