/**
 * Which report `mynah ping` prints, and where.
 *
 * @module
 */

import type { Overhead } from "../probe/measure/overhead.ts";
import type { Reporter } from "../probe/measure/ping.ts";
import type { Progress } from "../probe/report/progress.ts";
import type { Summary } from "../probe/figures/summary.ts";
import type { Verdict } from "../probe/figures/thresholds.ts";
import type { World } from "./command.ts";
import type { PingCommand } from "./ping_options.ts";

/** How wide the histogram is where the terminal does not say. */
const DEFAULT_WIDTH = 80;

/** A reporter that also has the last word. */
export interface PingReport extends Reporter {
  end(
    summary: Summary,
    verdicts: readonly Verdict[],
    overhead: Overhead | undefined,
  ): void;
  /** Reports that there is nothing to report. */
  fail?(reason: string): void;
}

/** Makes the report that a command line asks for. */
export async function createReport(
  command: PingCommand,
  print: (text: string) => void,
): Promise<PingReport> {
  const { target, ping, format, timestamps, histogram } = command;
  const quiet = isQuiet(command);
  switch (format) {
    case "json": {
      const { JsonReport } = await import("../probe/report/json.ts");
      return new JsonReport({ target, quiet, timestamps, print });
    }
    case "prometheus": {
      const { PrometheusReport } = await import(
        "../probe/report/prometheus.ts"
      );
      return new PrometheusReport({ target, print });
    }
    case "text": {
      const { TextReport } = await import("../probe/report/text.ts");
      return new TextReport({
        target,
        sizes: ping.sizes,
        connect: ping.connect,
        quiet,
        summaryOnly: command.quiet,
        timestamps,
        histogramWidth: histogram ? terminalWidth() : undefined,
        print,
      });
    }
  }
}

/** The width of the terminal; nothing when standard output is none. */
function terminalWidth(): number | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  try {
    return Deno.consoleSize().columns;
  } catch {
    return DEFAULT_WIDTH;
  }
}

/** Makes the line that tells how a long run goes, where there is a terminal with no other lines on it. */
export async function createProgress(
  command: PingCommand,
  complain: World["complain"],
): Promise<Progress | undefined> {
  if (!Deno.stderr.isTerminal()) return undefined;
  if (!isQuiet(command) && Deno.stdout.isTerminal()) return undefined;
  const { Progress } = await import("../probe/report/progress.ts");
  return new Progress(complain);
}

/** Whether there is no line for each reply: nobody reads thousands a second. */
function isQuiet({ quiet, format, ping: { pace } }: PingCommand): boolean {
  return quiet || (format === "text" && pace.kind !== "interval");
}
