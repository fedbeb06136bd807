/**
 * The report for people: a line for each reply and a summary, as ping prints them.
 *
 * @module
 */

import {
  type Address,
  formatAddress,
  formatHostPort,
} from "../../base/address.ts";
import { describeDamage } from "../measure/damage.ts";
import { drawHistogram } from "./draw_histogram.ts";
import type { ProbeEvent, Reply } from "../measure/events.ts";
import { flowTable } from "./flow_table.ts";
import { formatLoss, formatMs, formatRtt, joinMs } from "./format.ts";
import type { Distribution } from "../figures/histogram.ts";
import { SENT_LATE_MS } from "../measure/ledger.ts";
import { NUMBER_BYTES, type Sizes } from "../measure/message.ts";
import type { Overhead } from "../measure/overhead.ts";
import type { Start } from "../measure/ping.ts";
import type { Explained } from "../figures/statistics.ts";
import type { Summary } from "../figures/summary.ts";
import { describeVerdict, type Verdict } from "../figures/thresholds.ts";

/** The bars of fewer times say less than the times themselves. */
const FEWEST_DRAWN = 20;

/** What a text report needs to know. */
export interface TextOptions {
  readonly target: Address;
  readonly sizes: Sizes;
  readonly connect: boolean;
  /** Whether to leave out the lines for each reply. */
  readonly quiet: boolean;
  /** Whether each of those begins with the time, in seconds since 1970 (UTC). */
  readonly timestamps?: boolean;
  /** Whether to leave out what is known at the start, too. */
  readonly summaryOnly?: boolean;
  /** How wide to draw the histogram, if at all. */
  readonly histogramWidth?: number;
  readonly print: (text: string) => void;
}

/** Prints a ping as ping does. */
export class TextReport {
  readonly #options: TextOptions;
  #from = "";
  #flows = 1;

  constructor(options: TextOptions) {
    this.#options = options;
  }

  start({ hostname, flows, connectMs }: Start): void {
    const { target, sizes, connect, summaryOnly, print } = this.#options;
    this.#from = formatHostPort(hostname, target.port);
    this.#flows = flows;
    if (summaryOnly) return;
    const size = sizes.min === sizes.max
      ? `${sizes.min}`
      : `${sizes.min} to ${sizes.max}`;
    const what = connect ? "connecting" : `${size} bytes of data`;
    const many = flows === 1
      ? ""
      : connect
      ? `, ${flows} at once`
      : ` over ${flows} ${
        target.transport === "udp" ? "ports" : "connections"
      }`;
    const connected = connectMs.length === 0
      ? ""
      : `, connected in ${formatMs(Math.max(...connectMs))} ms`;
    print(
      `PING ${
        formatAddress(target)
      } (${hostname}): ${what}${many}${connected}\n`,
    );
    if (target.transport === "udp" && sizes.min < NUMBER_BYTES) {
      print(
        `Messages of less than ${NUMBER_BYTES} bytes cannot carry their number: ` +
          "they are counted, and have no times.\n",
      );
    }
  }

  event(event: ProbeEvent): void {
    const { quiet, timestamps, print } = this.#options;
    if (quiet) return;
    const when = timestamps ? `[${(Date.now() / 1000).toFixed(3)}] ` : "";
    print(`${when}${this.#line(event)}\n`);
  }

  end(
    summary: Summary,
    verdicts: readonly Verdict[],
    overhead?: Overhead,
  ): void {
    const { target, connect, summaryOnly, histogramWidth, print } =
      this.#options;
    const time = connect ? "connect" : "rtt";
    const { counts, lossPercent, rtt, jitterMs } = summary.total;
    const lines = [
      `--- ${formatAddress(target)} ping statistics ---`,
      (counts.due === counts.sent ? "" : `${counts.due} due, `) +
      `${counts.sent} sent, ${counts.received} received, ` +
      `${formatLoss(lossPercent)}, ` +
      `time ${Math.round(summary.durationMs)} ms`,
      ...faults(summary),
    ];
    if (rtt) {
      lines.push(
        `${time} min/avg/max/mdev = ${formatRtt(rtt)} ms`,
        `${time} p50/p90/p99/p99.9 = ${
          joinMs(rtt.p50, rtt.p90, rtt.p99, rtt.p99_9)
        } ms, jitter = ${joinMs(jitterMs)} ms`,
      );
    }
    if (overhead) lines.push(describeOverhead(overhead));
    if (summary.flows.length > 1) lines.push("", ...flowTable(summary.flows));
    if (
      histogramWidth !== undefined &&
      summary.distribution.count >= FEWEST_DRAWN
    ) {
      lines.push("", ...drawHistogram(summary.distribution, histogramWidth));
    }
    for (const verdict of verdicts) {
      if (!verdict.ok) lines.push(`NOT OK: ${describeVerdict(verdict)}`);
    }
    print(`${summaryOnly ? "" : "\n"}${lines.join("\n")}\n`);
  }

  #line(event: ProbeEvent): string {
    const which = this.#flows === 1 ? "" : ` flow=${event.flow}`;
    switch (event.type) {
      case "reply":
      case "duplicate":
      case "damaged":
        return `${event.bytes} bytes from ${this.#from}:${which} ${
          event.rttMs === undefined
            ? "seq and time unknown"
            : `seq=${event.seq} time=${formatMs(event.rttMs)} ms`
        }${remarks(event)}`;
      case "connected":
        return `connected to ${this.#from}:${which} seq=${event.seq} ` +
          `time=${formatMs(event.rttMs)} ms${event.late ? " (late)" : ""}`;
      case "not_sent":
        return `${event.reason}:${which} ${event.count} not sent`;
      case "reopened":
        return `connected again in ${formatMs(event.connectMs)} ms${
          which && `:${which}`
        }`;
      case "timeout":
      case "failed":
      case "not_measured":
        return `${event.reason}:${which} seq=${event.seq}`;
      case "stray":
        return `${event.bytes} bytes from ${
          event.from ?? this.#from
        }:${which} ` +
          `not ours: "${event.text}"`;
      case "closed":
        return `${event.reason}${which && `:${which}`}`;
    }
  }
}

/** What each figure that has reasons is called. */
const EXPLAINED: Readonly<Record<Explained, string>> = {
  failed: "failed",
  notSent: "not sent",
  notMeasured: "not measured",
  closed: "closed early",
};

function remarks({ type, outOfOrder, late, damage }: Reply): string {
  return (type === "duplicate" ? " (DUP!)" : "") +
    (outOfOrder ? " (out of order)" : "") +
    (late ? " (late)" : "") +
    (damage ? ` (DAMAGED: ${describeDamage(damage)})` : "");
}

function describeOverhead({ code, loopback }: Overhead): string {
  const both = (times: Distribution) =>
    joinMs(times.percentile(50), times.percentile(99));
  return `own overhead p50/p99 = ${both(code)} ms against a null echo, ` +
    `${both(loopback)} ms through the sockets of this process`;
}

/** What went wrong, as far as it did. */
function faults(
  { total: { counts }, reasons, sentLateMaxMs }: Summary,
): string[] {
  const faults = [
    [counts.duplicated, "duplicated"],
    [counts.reordered, "out of order"],
    [counts.damaged, "damaged"],
    [counts.late, "late"],
    [counts.stray, "not ours"],
  ].filter(([count]) => count !== 0).map((fault) => fault.join(" "));
  const lines = faults.length === 0 ? [] : [faults.join(", ")];
  for (const { figure, reason, count } of reasons) {
    lines.push(`${count} ${EXPLAINED[figure]}: ${reason}`);
  }
  if (counts.sentLate > 0) {
    lines.push(
      `${counts.sentLate} left more than ${SENT_LATE_MS} ms late, ` +
        `by ${formatMs(sentLateMaxMs)} ms at the most`,
    );
  }
  return lines;
}
