/**
 * `mynah health` and `mynah reload`: what health checks and `systemctl reload`
 * run, since a minimal container has no curl and a signal has no answer.
 *
 * @module
 */

import { type Address, parseAdminAddress } from "../config/address.ts";
import { printable } from "../printable.ts";
import { askAdmin } from "./admin_client.ts";
import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { readDuration, TIME_FORMS } from "./probe_options.ts";

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
  const address = read(target, parseAdminAddress);
  const deadline = performance.now() +
    readDuration(wait, "wait", { zero: true });
  let problem = await askHealth(address);
  while (problem !== undefined && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
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
  const address = read(target, parseAdminAddress);
  const status = await ask(address, "POST", "/-/reload", RELOAD_MS);
  if (status === 200) {
    world.print("reloaded\n");
    return ExitCode.OK;
  }
  if (status === 422) {
    world.complain(
      "mynah: the config was not reloaded; the log says why, and the old one serves on\n",
    );
    return ExitCode.CONFIG;
  }
  world.complain(`mynah: Cannot reload "${target}": ${explain(status)}\n`);
  return ExitCode.UNAVAILABLE;
}

/** What keeps it from being ready, or nothing. */
async function askHealth(address: Address): Promise<string | undefined> {
  const status = await ask(address, "GET", "/readyz", HEALTH_MS);
  return status === 200 ? undefined : explain(status);
}

/** The HTTP status, or why there is none. */
async function ask(
  address: Address,
  method: "GET" | "POST",
  path: string,
  ms: number,
): Promise<number | string> {
  const signal = AbortSignal.timeout(ms);
  try {
    return await askAdmin(address, method, path, signal);
  } catch (error) {
    if (signal.aborted) return `no answer within ${ms / 1000} s`;
    if (error instanceof Deno.errors.ConnectionRefused) {
      return "connection refused";
    }
    return error instanceof Error ? error.message : String(error);
  }
}

function explain(status: number | string): string {
  if (status === 503) return "it is starting or stopping";
  return typeof status === "number" ? `HTTP status ${status}` : status;
}

function read<T>(text: string | undefined, parse: (text: string) => T): T {
  if (text === undefined) {
    throw new UsageError(
      'An admin address is missing, such as "127.0.0.1:9090"',
    );
  }
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `Cannot use "${printable(text)}": expected ${error.message}`,
    );
  }
}

export const health: Command = {
  name: "health",
  summary: "Ask a running mynah whether it is ready",
  help: `Usage: mynah health [--wait TIME] HOST:PORT

Asks the admin address of a running mynah whether every address is bound and it
is not about to stop: for container health checks and start-up scripts.

Options:
  --wait TIME   ask again until it is ready, for so long
  -h, --help    show this help

${TIME_FORMS}

Exit codes: 0 ready, 64 wrong usage, 69 not ready or no answer.
`,
  run: runHealth,
};

export const reload: Command = {
  name: "reload",
  summary: "Have a running mynah read its config again",
  help: `Usage: mynah reload HOST:PORT

Has a running mynah read its config again, by its admin address, and waits until
the new one serves. SIGHUP does the same without an answer.

Exit codes: 0 the new config serves, 64 wrong usage, 69 no answer, 78 the config
is bad or an address could not be bound: nothing has changed, the log says why.
`,
  run: runReload,
};
