/**
 * A mynah whose workers can be told to die or to hang, as `main.ts` is one whose workers cannot.
 * It is a process of its own because Deno itself prints why a worker died.
 *
 * @module
 */

import { runCommand } from "../../src/cli/commands.ts";
import { CONFIG_MODULE } from "../support/cli.ts";

const stop = new AbortController();
const force = new AbortController();
Deno.addSignalListener("SIGTERM", () => {
  if (stop.signal.aborted) force.abort();
  stop.abort();
});

Deno.exit(
  await runCommand(Deno.args, {
    print: () => true,
    complain: console.error,
    workerModule: new URL("./mortal_thread.ts", import.meta.url),
    configModule: CONFIG_MODULE,
    signals: () => ({
      stop: stop.signal,
      force: force.signal,
      onReload() {},
      onQuit() {},
    }),
  }),
);
