import { assertEquals } from "@std/assert";
import { parseAddress } from "../../base/address.ts";
import { Ledger } from "../measure/ledger.ts";
import { JsonReport } from "./json.ts";
import { summarize } from "../figures/summary.ts";
import { judge } from "../figures/thresholds.ts";

const TARGET = parseAddress("udp://example.org:7");

function report(
  play: (ledger: Ledger) => void,
  quiet = false,
): Record<string, unknown>[] {
  let printed = "";
  const report = new JsonReport({
    target: TARGET,
    quiet,
    print: (text) => printed += text,
  });
  const ledger = new Ledger({
    flow: 1,
    timeoutMs: 3000,
    onEvent: (event) => report.event(event),
  });
  report.start({ hostname: "192.0.2.7", flows: 1, connectMs: [0.25] });
  play(ledger);

  const summary = summarize([{ ledger }], 4005.25);
  report.end(summary, judge(summary.total, { maxLossPercent: 50 }));
  return printed.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("the JSON of a ping is an object a line, in version 1 of its shape", () => {
  const objects = report((ledger) => {
    ledger.sent(0);
    ledger.arrived(1, 0.125, 64);
    ledger.sent(1000);
  });
  const figures = {
    due: 2,
    sent: 2,
    not_sent: 0,
    received: 1,
    lost: 1,
    loss_percent: 50,
    not_measured: 0,
    late: 0,
    failed: 0,
    damaged: 0,
    duplicated: 0,
    out_of_order: 0,
    stray: 0,
    closed: 0,
    rtt_ms: {
      min: 0.125,
      avg: 0.125,
      max: 0.125,
      mdev: 0,
      p50: 0.125,
      p90: 0.125,
      p99: 0.125,
      p99_9: 0.125,
    },
    jitter_ms: 0,
  };
  assertEquals(objects, [
    {
      mynah_ping: 1,
      type: "reply",
      flow: 1,
      seq: 1,
      bytes: 64,
      time_ms: 0.125,
      out_of_order: false,
      late: false,
    },
    {
      mynah_ping: 1,
      type: "summary",
      target: "udp://example.org:7",
      address: "192.0.2.7:7",
      duration_ms: 4005.25,
      ...figures,
      reasons: [],
      sent_late: 0,
      sent_late_max_ms: 0,
      flows: [{ flow: 1, connect_ms: 0.25, ...figures }],
      thresholds: [
        { name: "max_loss_percent", limit: 50, value: 50, ok: true },
        { name: "max_closed", limit: 0, value: 0, ok: true },
      ],
      ok: true,
    },
  ]);
});

Deno.test("the JSON has an object for each thing that goes wrong", () => {
  const objects = report((ledger) => {
    for (let i = 0; i < 4; i++) ledger.sent(0);
    ledger.arrived(2, 1, 60, {
      damage: {
        sentBytes: 64,
        receivedBytes: 60,
        wrongBits: 2,
        firstWrongByte: 17,
      },
    });
    ledger.arrived(1, 2, 64);
    ledger.arrived(1, 3, 64);
    ledger.failed(3, "message too long");
    ledger.expire(3001);
    ledger.stray(9, "220 hello", "192.0.2.9:7");
    ledger.stray(3, "abc");
    ledger.closed("connection reset");
    ledger.reopened(0.5);
    ledger.notSent("the connection was down", 2);
    ledger.sent(4000);
    ledger.arrived(5, 4001, 0, { certain: false });
  });
  const version = { mynah_ping: 1, flow: 1 };
  assertEquals(objects.slice(0, -1), [
    {
      ...version,
      type: "damaged",
      seq: 2,
      bytes: 60,
      time_ms: 1,
      out_of_order: false,
      late: false,
      damage: {
        sent_bytes: 64,
        received_bytes: 60,
        wrong_bits: 2,
        first_wrong_byte: 17,
      },
    },
    {
      ...version,
      type: "reply",
      seq: 1,
      bytes: 64,
      time_ms: 2,
      out_of_order: true,
      late: false,
    },
    {
      ...version,
      type: "duplicate",
      seq: 1,
      bytes: 64,
      time_ms: 3,
      out_of_order: false,
      late: false,
    },
    { ...version, type: "failed", seq: 3, reason: "message too long" },
    { ...version, type: "timeout", seq: 4, reason: "no answer within 3s" },
    {
      ...version,
      type: "stray",
      bytes: 9,
      from: "192.0.2.9:7",
      text: "220 hello",
    },
    { ...version, type: "stray", bytes: 3, from: null, text: "abc" },
    { ...version, type: "closed", reason: "connection reset" },
    { ...version, type: "reopened", connect_ms: 0.5 },
    {
      ...version,
      type: "not_sent",
      count: 2,
      reason: "the connection was down",
    },
    {
      ...version,
      type: "reply",
      seq: null,
      bytes: 0,
      time_ms: null,
      out_of_order: false,
      late: false,
    },
  ]);
  const { due, sent, not_sent, received, lost, reasons } = objects.at(-1)!;
  assertEquals([due, sent, not_sent, received, lost], [7, 5, 2, 2, 5]);
  assertEquals(reasons, [
    { figure: "failed", reason: "message too long", count: 1 },
    { figure: "closed", reason: "connection reset", count: 1 },
    { figure: "not_sent", reason: "the connection was down", count: 2 },
  ]);
  assertEquals(objects.at(-1)!.ok, false);
});

Deno.test("what was not measured is null in the JSON", () => {
  const [summary] = report((ledger) => ledger.sent(0), true);
  assertEquals([summary.rtt_ms, summary.jitter_ms], [null, null]);
});

Deno.test("the JSON says why a ping could not run", () => {
  let printed = "";
  const report = new JsonReport({
    target: TARGET,
    quiet: false,
    print: (text) => printed += text,
  });
  report.fail("no such host name");
  assertEquals(JSON.parse(printed), {
    mynah_ping: 1,
    type: "error",
    target: "udp://example.org:7",
    reason: "no such host name",
  });
});

Deno.test("one of millions lost is not none in the JSON", () => {
  const [summary] = report((ledger) => {
    for (let i = 1; i <= 2_100_000; i++) {
      ledger.sent(0);
      if (i > 1) ledger.arrived(i, 1, 64);
    }
  }, true);
  assertEquals(summary.loss_percent, 100 / 2_100_000);
  const [{ value }] = summary.thresholds as { value: number }[];
  assertEquals(value, 100 / 2_100_000);
});
