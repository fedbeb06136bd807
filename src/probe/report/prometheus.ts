/**
 * The report for monitoring: the text format of Prometheus, for a file that its
 * node exporter collects.
 *
 * @module
 */

import {
  formatMetrics,
  type Metric,
  type Sample,
} from "../../base/prometheus_text.ts";
import { type Address, formatAddress } from "../../base/address.ts";
import type { Summary } from "../figures/summary.ts";
import type { Verdict } from "../figures/thresholds.ts";

/** What a Prometheus report needs to know. */
export interface PrometheusOptions {
  readonly target: Address;
  readonly print: (text: string) => void;
}

/** Prints a ping as metrics. */
export class PrometheusReport {
  readonly #options: PrometheusOptions;

  constructor(options: PrometheusOptions) {
    this.#options = options;
  }

  start(): void {}

  event(): void {}

  end({ total }: Summary, verdicts: readonly Verdict[]): void {
    const { counts, lost, rtt, jitterMs } = total;
    this.#print([
      this.#okMetric(verdicts.every(({ ok }) => ok)),
      this.#count("sent", "Messages sent.", counts.sent),
      this.#count(
        "received",
        "Messages that came back unchanged and in time.",
        counts.received,
      ),
      this.#count("lost", "All other messages.", lost),
      this.#count("late", "Lost ones that came back too late.", counts.late),
      this.#count(
        "damaged",
        "Lost ones that came back damaged.",
        counts.damaged,
      ),
      this.#count("duplicated", "Further copies.", counts.duplicated),
      this.#count(
        "out_of_order",
        "Messages that came back out of order.",
        counts.reordered,
      ),
      ...(rtt
        ? [
          this.#times("rtt", "Round-trip time.", "stat", {
            min: rtt.min,
            avg: rtt.avg,
            max: rtt.max,
            mdev: rtt.mdev,
          }),
          this.#times(
            "rtt_quantile",
            "Round-trip time that so many did not exceed.",
            "quantile",
            {
              "0.5": rtt.p50,
              "0.9": rtt.p90,
              "0.99": rtt.p99,
              "0.999": rtt.p99_9,
            },
          ),
          this.#times("jitter", "Interarrival jitter (RFC 3550).", "", {
            "": jitterMs,
          }),
        ]
        : []),
    ]);
  }

  /** Reports that there is nothing to report. */
  fail(): void {
    this.#print([this.#okMetric(false)]);
  }

  #print(metrics: readonly Metric[]): void {
    this.#options.print(formatMetrics(metrics));
  }

  #okMetric(ok: boolean): Metric {
    const help = "Whether it ran and no threshold was passed.";
    return this.#count("ok", help, ok ? 1 : 0);
  }

  #count(name: string, help: string, value: number): Metric {
    return this.#gauge(`mynah_ping_${name}`, help, [{ value }]);
  }

  /** Milliseconds by the value of a label, as seconds to the nanosecond. */
  #times(
    name: string,
    help: string,
    label: string,
    times: Readonly<Record<string, number>>,
  ): Metric {
    const samples = Object.entries(times).map(([key, ms]) => ({
      labels: label === "" ? {} : { [label]: key },
      value: Number((ms / 1000).toFixed(9)),
    }));
    return this.#gauge(`mynah_ping_${name}_seconds`, help, samples);
  }

  #gauge(name: string, help: string, samples: readonly Sample[]): Metric {
    const target = formatAddress(this.#options.target);
    return {
      type: "gauge",
      name,
      help,
      samples: () =>
        samples.map((sample) => ({
          ...sample,
          labels: { target, ...sample.labels },
        })),
    };
  }
}
