/**
 * mynah: echo and quote of the day over TCP and UDP, from one YAML file.
 *
 * Data flows one way, and the folders of `src/` follow it:
 * file → `config/` → `server/` → `listeners/` → `services/` → `telemetry/`.
 * `cli/` has one file per command. This file turns the command line into a
 * command, and is the only one that exits or takes signals.
 *
 * @module
 */

import type { Signals, World } from "./src/cli/command.ts";
import { runCommand } from "./src/cli/commands.ts";
import { ExitCode } from "./src/cli/exit_code.ts";
import { reasonOf } from "./src/base/reason.ts";

const encoder = new TextEncoder();

/** A full pipe is tried again after this. */
const FULL_RETRY_MS = 20;

function writeAll(stream: typeof Deno.stdout, text: string): void {
  let rest = encoder.encode(text);
  while (rest.length > 0) rest = rest.subarray(writeSome(stream, rest));
}

/** A full pipe that another program has made non-blocking fails instead of waiting. */
function writeSome(stream: typeof Deno.stdout, bytes: Uint8Array): number {
  try {
    return stream.writeSync(bytes);
  } catch (error) {
    if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_RETRY_MS);
    return 0;
  }
}

function print(text: string): boolean {
  try {
    writeAll(Deno.stdout, text);
    return true;
  } catch (error) {
    // The reader has left (`mynah schema | head -1`), which is its right.
    if (error instanceof Deno.errors.BrokenPipe) return false;
    const reason = reasonOf(error);
    complain(`mynah: Cannot write to standard output: ${reason}\n`);
    Deno.exit(ExitCode.IO);
  }
}

function complain(text: string): void {
  try {
    writeAll(Deno.stderr, text);
  } catch {
    // Nobody reads it, and there is no other place to say so.
  }
}

function takeSignals({ reloads = false } = {}): Signals {
  const stop = new AbortController();
  const force = new AbortController();
  let pendingReload = false;
  let reload = () => {
    pendingReload = true;
  };
  function onStop() {
    if (stop.signal.aborted) force.abort();
    stop.abort();
  }
  Deno.addSignalListener("SIGINT", onStop);
  if (Deno.build.os === "windows") {
    Deno.addSignalListener("SIGBREAK", onStop); // Windows has neither SIGTERM nor SIGHUP.
  } else {
    Deno.addSignalListener("SIGTERM", onStop);
    if (reloads) Deno.addSignalListener("SIGHUP", () => reload());
  }
  return {
    stop: stop.signal,
    force: force.signal,
    onReload(callback) {
      reload = callback;
      if (pendingReload) callback();
    },
    onQuit(callback) {
      if (Deno.build.os === "windows") return;
      Deno.addSignalListener("SIGQUIT", callback);
    },
  };
}

/** In the executable, modules are JavaScript. */
const [extension] = import.meta.url.match(/[^.]+$/)!;

const world: World = {
  print,
  complain,
  workerModule: new URL(`src/workers/thread.${extension}`, import.meta.url),
  configModule: new URL(
    `src/config/parse_thread.${extension}`,
    import.meta.url,
  ),
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
