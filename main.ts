/**
 * mynah: echo and quote of the day over TCP and UDP, from one YAML file.
 *
 * Data flows one way, and the folders of `src/` follow it:
 * file → `config/` → `plan.ts` → `supervisor.ts` → `listeners/` → `services/` →
 * `telemetry/`. `cli/` has one file per command. This file turns the command
 * line into a command, and is the only one that exits or takes signals.
 *
 * @module
 */

import type { Signals, World } from "./src/cli/command.ts";
import { runCommand } from "./src/cli/commands.ts";
import { ExitCode } from "./src/cli/exit_code.ts";

const encoder = new TextEncoder();

function writeAll(stream: typeof Deno.stdout, text: string): void {
  let rest = encoder.encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    // The reader has left (`mynah schema | head -1`), which is its right.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function takeSignals(): Signals {
  const stop = new AbortController();
  const force = new AbortController();
  function onSignal() {
    if (stop.signal.aborted) force.abort();
    stop.abort();
  }
  Deno.addSignalListener("SIGINT", onSignal);
  // Windows has no SIGTERM; closing the console sends SIGBREAK.
  Deno.addSignalListener(
    Deno.build.os === "windows" ? "SIGBREAK" : "SIGTERM",
    onSignal,
  );
  return { stop: stop.signal, force: force.signal };
}

const world: World = {
  print: (text) => writeAll(Deno.stdout, text),
  complain: (text) => writeAll(Deno.stderr, text),
  signals: takeSignals,
};

try {
  Deno.exit(await runCommand(Deno.args, world));
} catch (error) {
  // Not a user's mistake but ours: the whole of it, for a report.
  console.error("mynah: this is a bug; please report it.");
  console.error(error);
  Deno.exit(ExitCode.SOFTWARE);
}
