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
import { SNAKE_CASE } from "./json.ts";
import type { Rtt, Summary } from "../figures/summary.ts";
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

  end({ total, reasons }: Summary, verdicts: readonly Verdict[]): void {
    const { counts, lost, lossPercent, rtt, jitterMs } = total;
    this.#print([
      this.#okMetric(verdicts.every(({ ok }) => ok)),
      this.#value("due", "Messages that were due.", counts.due),
      this.#value("sent", "Messages handed to the system.", counts.sent),
      this.#value(
        "not_sent",
        "Messages that were due but never sent.",
        counts.notSent,
      ),
      this.#value(
        "received",
        "Messages that came back unchanged and in time.",
        counts.received,
      ),
      this.#value(
        "lost",
        "Messages that did not come back in time and unchanged, or that the connection did not take.",
        lost,
      ),
      this.#value(
        "not_measured",
        "Messages without a result: the probe stood still or was too slow.",
        counts.notMeasured,
      ),
      this.#value(
        "failed",
        "Lost messages that could not be sent or were refused.",
        counts.failed,
      ),
      this.#value(
        "late",
        "Lost messages that came back too late.",
        counts.late,
      ),
      this.#value("damaged", "Copies that came back damaged.", counts.damaged),
      this.#value(
        "duplicated",
        "Further copies of messages.",
        counts.duplicated,
      ),
      this.#value(
        "out_of_order",
        "Messages that came back out of order.",
        counts.reordered,
      ),
      this.#value("closed", "Connections that ended early.", counts.closed),
      ...(lossPercent === undefined ? [] : [this.#value(
        "loss_ratio",
        "Lost messages as a share of lost and received messages.",
        lossPercent / 100,
      )]),
      ...(reasons.length === 0 ? [] : [this.#metric(
        "gauge",
        "reasons",
        "How often each reason occurred, by figure.",
        reasons.map(({ figure, reason, count }) => ({
          labels: { figure: SNAKE_CASE[figure], reason },
          value: count,
        })),
      )]),
      ...(rtt ? this.#times(rtt, jitterMs) : []),
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
    const help = "1 if the ping ran and no threshold was exceeded.";
    return this.#value("ok", help, ok ? 1 : 0);
  }

  /** Quantiles are those of a summary; what a summary has no place for are gauges. */
  #times(rtt: Rtt, jitterMs: number): readonly Metric[] {
    const quantiles = {
      "0.5": rtt.p50,
      "0.9": rtt.p90,
      "0.99": rtt.p99,
      "0.999": rtt.p99_9,
    };
    return [
      this.#metric("summary", "rtt_seconds", "Round-trip time.", [
        ...Object.entries(quantiles).map(([quantile, ms]) => ({
          labels: { quantile },
          value: seconds(ms),
        })),
        { suffix: "_sum", value: seconds(rtt.avg * rtt.count) },
        { suffix: "_count", value: rtt.count },
      ]),
      this.#value(
        "rtt_min_seconds",
        "Shortest round-trip time.",
        seconds(rtt.min),
      ),
      this.#value(
        "rtt_max_seconds",
        "Longest round-trip time.",
        seconds(rtt.max),
      ),
      this.#value(
        "rtt_mdev_seconds",
        "Standard deviation of the round-trip times.",
        seconds(rtt.mdev),
      ),
      this.#value(
        "jitter_seconds",
        "Interarrival jitter (RFC 3550).",
        seconds(jitterMs),
      ),
    ];
  }

  #value(name: string, help: string, value: number): Metric {
    return this.#metric("gauge", name, help, [{ value }]);
  }

  #metric(
    type: Metric["type"],
    name: string,
    help: string,
    samples: readonly Sample[],
  ): Metric {
    const target = formatAddress(this.#options.target);
    return {
      type,
      name: `mynah_ping_${name}`,
      help,
      samples: () =>
        samples.map((sample) => ({
          ...sample,
          labels: { target, ...sample.labels },
        })),
    };
  }
}

/** Milliseconds as seconds, to the nanosecond. */
function seconds(ms: number): number {
  return Number((ms / 1000).toFixed(9));
}
