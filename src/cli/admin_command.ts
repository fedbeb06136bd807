/**
 * `mynah health` and `mynah reload`: what health checks and `systemctl reload`
 * run, since a minimal container has no curl and a signal has no answer.
 *
 * @module
 */

import type { Address } from "../base/address.ts";
import { printable } from "../base/printable.ts";
import { ReachError, socketReason } from "../probe/reach/reach_error.ts";
import type { AdminReply } from "./admin_client.ts";
import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { readDuration, TIME_FORMS } from "./probe_options.ts";
import { readTarget } from "./target.ts";
import { delay } from "../base/time.ts";

/** What the docs and the deployments give `admin`. */
const ADMIN_PORT = 9090;

/** How long one answer may take. A reload reads files, a health check reads nothing. */
const HEALTH_MS = 3000;
const RELOAD_MS = 30_000;
/** Between two questions while waiting for a mynah that starts: there is nothing yet that could tell. */
const PAUSE_MS = 50;

async function runHealth(
  args: readonly string[],
  world: World,
): Promise<number> {
  const { string: { wait = "0s" }, positional: [target] } = readOptions(args, {
    string: ["wait"],
    positional: 1,
  });
  const address = readAdminAddress(target);
  const deadline = performance.now() +
    readDuration(wait, "wait", { zero: true });
  let problem = await askHealth(address);
  while (problem !== undefined && performance.now() < deadline) {
    await delay(PAUSE_MS);
    problem = await askHealth(address);
  }
  if (problem !== undefined) {
    world.complain(`mynah: "${target}" is not ready: ${problem}\n`);
    return ExitCode.UNAVAILABLE;
  }
  world.print("ready\n");
  return ExitCode.OK;
}

async function runReload(
  args: readonly string[],
  world: World,
): Promise<number> {
  const { positional: [target] } = readOptions(args, { positional: 1 });
  const address = readAdminAddress(target);
  const reply = await ask(address, "POST", "/-/reload", RELOAD_MS);
  if (typeof reply === "object" && reply.status === 200) {
    world.print(reply.body);
    return ExitCode.OK;
  }
  if (typeof reply === "object" && reply.status === 422) {
    world.complain(
      `mynah: Cannot reload "${target}": still serving the previous config${
        reply.body.replace(/^reload failed/, "")
      }`,
    );
    return ExitCode.CONFIG;
  }
  world.complain(`mynah: Cannot reload "${target}": ${problemOf(reply)}\n`);
  return ExitCode.UNAVAILABLE;
}

/** What keeps it from being ready, or nothing. */
async function askHealth(address: Address): Promise<string | undefined> {
  const reply = await ask(address, "GET", "/readyz", HEALTH_MS);
  const isReady = typeof reply === "object" && reply.status === 200;
  return isReady ? undefined : problemOf(reply);
}

/** The answer, or the reason why there is none. */
async function ask(
  address: Address,
  method: "GET" | "POST",
  path: string,
  ms: number,
): Promise<AdminReply | string> {
  // Loaded here, not above: `serve` starts faster without it.
  const { askAdmin } = await import("./admin_client.ts");
  const signal = AbortSignal.timeout(ms);
  try {
    return await askAdmin(address, method, path, signal);
  } catch (error) {
    if (signal.aborted) return `no answer within ${ms / 1000} s`;
    return error instanceof ReachError ? error.reason : socketReason(error);
  }
}

function problemOf(reply: AdminReply | string): string {
  if (typeof reply === "string") return reply;
  if (reply.status === 503) return "it is starting or stopping";
  return `HTTP status ${reply.status}`;
}

/** Every address of this machine, as one listens there, and how one asks there. */
const LOOPBACK_OF: Readonly<Record<string, string>> = {
  "*": "127.0.0.1",
  "0.0.0.0": "127.0.0.1",
  "[::]": "[::1]",
  "::": "::1",
};

/** Reads where to ask: the address of the config, or as the log prints it, can be pasted. */
function readAdminAddress(text: string | undefined): Address {
  const [, scheme = "", host, port = ""] =
    /^(tcp:\/\/)?(\*|0\.0\.0\.0|\[::\]|::)(:\d+)?$/.exec(text ?? "") ?? [];
  const target = readTarget(
    host === undefined ? text : scheme + LOOPBACK_OF[host] + port,
    { port: ADMIN_PORT },
  );
  if (target.transport === "tcp") return target;
  throw new UsageError(`Cannot ask "${printable(text!)}" over UDP`);
}

export const health: Command = {
  name: "health",
  summary: "Ask a running mynah whether it is ready",
  help: `Usage: mynah health [--wait TIME] TARGET

Asks the admin address of a running mynah whether it is ready: every address is
bound and it is not stopping. For container health checks and start-up scripts.

TARGET is the admin address as the config or the log shows it: HOST, HOST:PORT
or tcp://HOST:PORT. The default port is ${ADMIN_PORT}.

Options:
  --wait TIME   keep asking for TIME until it is ready
  -h, --help    show this help

${TIME_FORMS}

Exit codes: 0 ready, 64 wrong usage, 69 not ready or no answer.
`,
  run: runHealth,
};

export const reload: Command = {
  name: "reload",
  summary: "Make a running mynah reload its config",
  help: `Usage: mynah reload TARGET

Makes a running mynah reload its config, through its admin address, and waits
for the result. SIGHUP does the same but reports nothing. If admin listens on
loopback, this prints every problem with the config; otherwise the log has them.

TARGET is the admin address as the config or the log shows it: HOST, HOST:PORT
or tcp://HOST:PORT. The default port is ${ADMIN_PORT}.

Exit codes: 0 the new config is in force, 64 wrong usage, 69 no answer, 78 the
config is bad or an address could not be bound, and nothing has changed.
`,
  run: runReload,
};
