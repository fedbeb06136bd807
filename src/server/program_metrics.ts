/**
 * @module
 */

import type { Metric } from "../base/prometheus_text.ts";
import type { LineWriter } from "../telemetry/line_writer.ts";
import type { WorkerPool } from "../workers/worker_pool.ts";

/** The metrics of the program itself: its version, its workers and its log. */
export function programMetrics(
  version: string,
  writer: Pick<LineWriter, "lost">,
  workers: Pick<WorkerPool, "count" | "replaced"> | undefined,
): Metric[] {
  return [
    {
      type: "gauge",
      name: "mynah_build_info",
      help: "The version of mynah and of the Deno in it, as labels.",
      samples: () => [{
        labels: { version, deno: Deno.version.deno },
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
