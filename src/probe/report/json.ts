/**
 * The report for programs: one JSON object a line.
 *
 * Every object has `mynah_ping`, the version of this shape, and `type`. Within a
 * version fields may be added, but none is changed or taken away.
 *
 * @module
 */

import {
  type Address,
  formatAddress,
  formatHostPort,
} from "../../base/address.ts";
import type { ProbeEvent } from "../measure/events.ts";
import type { Distribution } from "../figures/histogram.ts";
import type { Overhead } from "../measure/overhead.ts";
import type { Start } from "../measure/ping.ts";
import type { Figures, Summary } from "../figures/summary.ts";
import type { Verdict } from "../figures/thresholds.ts";

/** The version of the shape. */
export const JSON_VERSION = 1;

/** What each figure that has reasons is called, for programs. */
export const SNAKE_CASE = {
  failed: "failed",
  notSent: "not_sent",
  notMeasured: "not_measured",
  closed: "closed",
} as const;

/** What a JSON report needs to know. */
export interface JsonOptions {
  readonly target: Address;
  /** Whether to leave out the objects for each reply. */
  readonly quiet: boolean;
  /** Whether each of those says when it was, in seconds since 1970 (UTC). */
  readonly timestamps?: boolean;
  readonly print: (text: string) => void;
}

/** Prints a ping as JSON. */
export class JsonReport {
  readonly #options: JsonOptions;
  #from = "";
  #connectMs: readonly number[] = [];

  constructor(options: JsonOptions) {
    this.#options = options;
  }

  start({ hostname, connectMs }: Start): void {
    this.#from = formatHostPort(hostname, this.#options.target.port);
    this.#connectMs = connectMs;
  }

  event(event: ProbeEvent): void {
    const { quiet, timestamps } = this.#options;
    if (quiet) return;
    const when = timestamps ? { timestamp: Date.now() / 1000 } : {};
    this.#print({ ...eventObject(event), ...when });
  }

  end(
    summary: Summary,
    verdicts: readonly Verdict[],
    overhead?: Overhead,
  ): void {
    this.#print({
      type: "summary",
      target: formatAddress(this.#options.target),
      address: this.#from,
      duration_ms: round(summary.durationMs),
      ...figuresObject(summary.total),
      reasons: summary.reasons.map(({ figure, reason, count }) => ({
        figure: SNAKE_CASE[figure],
        reason,
        count,
      })),
      sent_late: summary.total.counts.sentLate,
      sent_late_max_ms: round(summary.sentLateMaxMs),
      flows: summary.flows.map((figures, i) => ({
        flow: i + 1,
        connect_ms: orNull(this.#connectMs.at(i)),
        ...figuresObject(figures),
      })),
      ...(overhead && {
        overhead_ms: {
          code: percentiles(overhead.code),
          loopback: percentiles(overhead.loopback),
        },
      }),
      thresholds: verdicts.map(({ name, limit, value, ok }) => ({
        name,
        limit,
        value: value ?? null,
        ok,
      })),
      ok: verdicts.every(({ ok }) => ok),
    });
  }

  /** Reports that there is nothing to report. */
  fail(reason: string): void {
    this.#print({
      type: "error",
      target: formatAddress(this.#options.target),
      reason,
    });
  }

  #print(object: Record<string, unknown>): void {
    const line = JSON.stringify({ mynah_ping: JSON_VERSION, ...object });
    this.#options.print(`${line}\n`);
  }
}

function eventObject(event: ProbeEvent): Record<string, unknown> {
  const { type, flow } = event;
  switch (event.type) {
    case "reply":
    case "duplicate":
    case "damaged":
      return {
        type,
        flow,
        seq: event.rttMs === undefined ? null : event.seq,
        bytes: event.bytes,
        time_ms: orNull(event.rttMs),
        out_of_order: event.outOfOrder,
        late: event.late,
        ...(event.damage && {
          damage: {
            sent_bytes: event.damage.sentBytes,
            received_bytes: event.damage.receivedBytes,
            wrong_bits: event.damage.wrongBits,
            first_wrong_byte: event.damage.firstWrongByte,
          },
        }),
      };
    case "connected":
      return {
        type,
        flow,
        seq: event.seq,
        time_ms: round(event.rttMs),
        late: event.late,
      };
    case "not_sent":
      return { type, flow, count: event.count, reason: event.reason };
    case "reopened":
      return { type, flow, connect_ms: round(event.connectMs) };
    case "timeout":
    case "failed":
    case "not_measured":
      return { type, flow, seq: event.seq, reason: event.reason };
    case "stray":
      return {
        type,
        flow,
        bytes: event.bytes,
        from: orNull(event.from),
        text: event.text,
      };
    case "closed":
      return { type, flow, reason: event.reason };
  }
}

function figuresObject(
  { counts, lost, lossPercent, rtt, jitterMs }: Figures,
): Record<string, unknown> {
  return {
    due: counts.due,
    sent: counts.sent,
    not_sent: counts.notSent,
    received: counts.received,
    lost,
    // Not rounded: one of a million is not none.
    loss_percent: lossPercent ?? null,
    not_measured: counts.notMeasured,
    late: counts.late,
    failed: counts.failed,
    damaged: counts.damaged,
    duplicated: counts.duplicated,
    out_of_order: counts.reordered,
    stray: counts.stray,
    closed: counts.closed,
    rtt_ms: rtt
      ? {
        min: round(rtt.min),
        avg: round(rtt.avg),
        max: round(rtt.max),
        mdev: round(rtt.mdev),
        p50: round(rtt.p50),
        p90: round(rtt.p90),
        p99: round(rtt.p99),
        p99_9: round(rtt.p99_9),
      }
      : null,
    jitter_ms: rtt ? round(jitterMs) : null,
  };
}

function percentiles(times: Distribution): Record<string, number> {
  return {
    p50: round(times.percentile(50)),
    p99: round(times.percentile(99)),
  };
}

function orNull(value: number | string | undefined): number | string | null {
  return typeof value === "number" ? round(value) : value ?? null;
}

/** To a ten-thousandth: tenths of a microsecond, which is more than the clock knows. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
