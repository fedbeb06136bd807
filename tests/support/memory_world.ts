/**
 * Commands in process: quick, for what no signal, pipe or terminal has a part in.
 *
 * @module
 */

import type { World } from "../../src/cli/command.ts";
import { runCommand } from "../../src/cli/commands.ts";
import type { Finished } from "./mynah.ts";

/** Where a worker begins. */
export const WORKER_MODULE = new URL(
  "../../src/workers/thread.ts",
  import.meta.url,
);

/** Where the thread begins that reads a config again. */
export const CONFIG_MODULE = new URL(
  "../../src/config/parse_thread.ts",
  import.meta.url,
);

/** Runs a command that ends by itself. */
export async function runInProcess(args: readonly string[]): Promise<Finished> {
  let [stdout, stderr] = ["", ""];
  const never = new AbortController().signal;
  const world: World = {
    print(text) {
      stdout += text;
      return true;
    },
    complain(text) {
      stderr += text;
    },
    workerModule: WORKER_MODULE,
    configModule: CONFIG_MODULE,
    signals: () => ({ stop: never, force: never, onReload() {}, onQuit() {} }),
  };
  return { code: await runCommand(args, world), stdout, stderr };
}
