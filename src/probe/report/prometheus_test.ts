import { assertEquals } from "@std/assert";
import { parseAddress } from "../../base/address.ts";
import { Ledger } from "../measure/ledger.ts";
import { PrometheusReport } from "./prometheus.ts";
import { summarize } from "../figures/summary.ts";
import { judge } from "../figures/thresholds.ts";

function report(play: (ledger: Ledger) => void): string[] {
  let printed = "";
  const report = new PrometheusReport({
    target: parseAddress("udp://[::1]:7"),
    print: (text) => printed += text,
  });
  const ledger = new Ledger({ flow: 1, timeoutMs: 3000, onEvent() {} });
  play(ledger);
  const flow = { ledger, open: true, send() {}, close() {} };
  const summary = summarize([flow], 1);
  report.end(summary, judge(summary.total, { maxLossPercent: 0 }));
  return printed.trimEnd().split("\n");
}

Deno.test("the metrics are in seconds, each with its help and type", () => {
  const lines = report((ledger) => {
    ledger.sent(0);
    ledger.arrived(1, 1.5, 64);
  });
  assertEquals(lines.slice(0, 3), [
    "# HELP mynah_ping_ok Whether it ran and no threshold was passed.",
    "# TYPE mynah_ping_ok gauge",
    'mynah_ping_ok{target="udp://[::1]:7"} 1',
  ]);
  assertEquals(lines.filter((line) => line.includes("rtt_seconds{")), [
    'mynah_ping_rtt_seconds{target="udp://[::1]:7",stat="min"} 0.0015',
    'mynah_ping_rtt_seconds{target="udp://[::1]:7",stat="avg"} 0.0015',
    'mynah_ping_rtt_seconds{target="udp://[::1]:7",stat="max"} 0.0015',
    'mynah_ping_rtt_seconds{target="udp://[::1]:7",stat="mdev"} 0',
  ]);
  for (const line of lines) {
    assertEquals(
      /^(# (HELP|TYPE) )?mynah_ping_[a-z_]+[ {]/.test(line),
      true,
      line,
    );
  }
});

Deno.test("without replies there are counts, and no times", () => {
  const lines = report((ledger) => ledger.sent(0));
  assertEquals(lines.filter((line) => !line.startsWith("#")), [
    'mynah_ping_ok{target="udp://[::1]:7"} 0',
    'mynah_ping_sent{target="udp://[::1]:7"} 1',
    'mynah_ping_received{target="udp://[::1]:7"} 0',
    'mynah_ping_lost{target="udp://[::1]:7"} 1',
    'mynah_ping_late{target="udp://[::1]:7"} 0',
    'mynah_ping_damaged{target="udp://[::1]:7"} 0',
    'mynah_ping_duplicated{target="udp://[::1]:7"} 0',
    'mynah_ping_out_of_order{target="udp://[::1]:7"} 0',
  ]);
});
