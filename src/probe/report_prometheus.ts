/**
 * The report for monitoring: the text format of Prometheus, for a file that its
 * node exporter collects.
 *
 * @module
 */

import { type Address, formatAddress } from "../config/address.ts";
import type { Summary } from "./summary.ts";
import type { Verdict } from "./thresholds.ts";

/** Seconds are printed to the nanosecond. */
const DIGITS = 9;

/** What a Prometheus report needs to know. */
export interface PrometheusOptions {
  readonly target: Address;
  readonly print: (text: string) => void;
}

/** One metric: its name, its help, and the value for each set of further labels. */
type Metric = readonly [
  name: string,
  help: string,
  ...samples: (readonly [labels: string, value: number])[],
];

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
      okMetric(verdicts.every(({ ok }) => ok)),
      ["mynah_ping_sent", "Messages sent.", ["", counts.sent]],
      [
        "mynah_ping_received",
        "Messages that came back unchanged and in time.",
        ["", counts.received],
      ],
      ["mynah_ping_lost", "All other messages.", ["", lost]],
      ["mynah_ping_late", "Lost ones that came back too late.", [
        "",
        counts.late,
      ]],
      ["mynah_ping_damaged", "Lost ones that came back damaged.", [
        "",
        counts.damaged,
      ]],
      ["mynah_ping_duplicated", "Further copies.", ["", counts.duplicated]],
      ["mynah_ping_out_of_order", "Messages that came back out of order.", [
        "",
        counts.reordered,
      ]],
    ]);
    if (!rtt) return;
    this.#print([
      [
        "mynah_ping_rtt_seconds",
        "Round-trip time.",
        ['stat="min"', rtt.min / 1000],
        ['stat="avg"', rtt.avg / 1000],
        ['stat="max"', rtt.max / 1000],
        ['stat="mdev"', rtt.mdev / 1000],
      ],
      [
        "mynah_ping_rtt_quantile_seconds",
        "Round-trip time that so many did not exceed.",
        ['quantile="0.5"', rtt.p50 / 1000],
        ['quantile="0.9"', rtt.p90 / 1000],
        ['quantile="0.99"', rtt.p99 / 1000],
        ['quantile="0.999"', rtt.p99_9 / 1000],
      ],
      ["mynah_ping_jitter_seconds", "Interarrival jitter (RFC 3550).", [
        "",
        jitterMs / 1000,
      ]],
    ]);
  }

  /** Reports that there is nothing to report. */
  fail(): void {
    this.#print([okMetric(false)]);
  }

  #print(metrics: readonly Metric[]): void {
    const { target, print } = this.#options;
    // An address has no character that would have to be escaped in a label.
    const label = `target="${formatAddress(target)}"`;
    for (const [name, help, ...samples] of metrics) {
      print(`# HELP ${name} ${help}\n# TYPE ${name} gauge\n`);
      for (const [labels, value] of samples) {
        print(
          `${name}{${label}${labels && `,${labels}`}} ${
            Number(value.toFixed(DIGITS))
          }\n`,
        );
      }
    }
  }
}

function okMetric(ok: boolean): Metric {
  return [
    "mynah_ping_ok",
    "Whether it ran and no threshold was passed.",
    ["", ok ? 1 : 0],
  ];
}
