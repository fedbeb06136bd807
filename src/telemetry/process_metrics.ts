/**
 * The metrics that every Prometheus client has for its process, as far as the
 * program's permissions reach.
 *
 * @module
 */

import type { Metric, Sample } from "../base/prometheus_text.ts";

const STARTED_AT_SECONDS = performance.timeOrigin / 1000;

/** The metrics of the process. */
export function processMetrics(): Metric[] {
  return [
    {
      type: "gauge",
      name: "process_start_time_seconds",
      help: "Start time of the process, as Unix time.",
      samples: () => single(STARTED_AT_SECONDS),
    },
    {
      type: "counter",
      name: "process_cpu_seconds_total",
      help: "User and system CPU time spent.",
      samples() {
        // The global, since an import of `node:process` loads what Deno has for Node, which takes as long as to start.
        const { user, system } = globalThis.process.cpuUsage();
        return single((user + system) / 1e6);
      },
    },
    {
      type: "gauge",
      name: "process_resident_memory_bytes",
      help: "Resident memory size.",
      samples: () => single(Deno.memoryUsage().rss),
    },
    {
      type: "gauge",
      name: "process_open_fds",
      help: "Open file descriptors.",
      samples: openDescriptors,
    },
  ];
}

function single(value: number): Sample[] {
  return [{ labels: {}, value }];
}

/** None where the system has no such list, or where newer versions of Deno keep it from all but `--allow-all`. */
function openDescriptors(): Sample[] {
  try {
    // One of them is the list itself.
    return single([...Deno.readDirSync("/proc/self/fd")].length - 1);
  } catch (error) {
    if (
      error instanceof Deno.errors.NotCapable ||
      error instanceof Deno.errors.NotFound
    ) return [];
    throw error;
  }
}
