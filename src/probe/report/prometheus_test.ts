import { assertEquals } from "@std/assert";
import { run } from "../../../tests/support/programs.ts";
import { testWith } from "../../../tests/support/needs.ts";
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

  const summary = summarize([{ ledger }], 1);
  report.end(summary, judge(summary.total, { maxLossPercent: 0 }));
  return printed.trimEnd().split("\n");
}

Deno.test("the metrics are in seconds, each with its help and type", () => {
  const lines = report((ledger) => {
    ledger.sent(0);
    ledger.arrived(1, 1.5, 64);
  });
  assertEquals(lines.slice(0, 3), [
    "# HELP mynah_ping_ok 1 if the ping ran and no threshold was exceeded.",
    "# TYPE mynah_ping_ok gauge",
    'mynah_ping_ok{target="udp://[::1]:7"} 1',
  ]);
  const label = 'target="udp://[::1]:7"';
  assertEquals(lines.filter((line) => /^mynah_ping_rtt/.test(line)), [
    `mynah_ping_rtt_seconds{${label},quantile="0.5"} 0.0015`,
    `mynah_ping_rtt_seconds{${label},quantile="0.9"} 0.0015`,
    `mynah_ping_rtt_seconds{${label},quantile="0.99"} 0.0015`,
    `mynah_ping_rtt_seconds{${label},quantile="0.999"} 0.0015`,
    `mynah_ping_rtt_seconds_sum{${label}} 0.0015`,
    `mynah_ping_rtt_seconds_count{${label}} 1`,
    `mynah_ping_rtt_min_seconds{${label}} 0.0015`,
    `mynah_ping_rtt_max_seconds{${label}} 0.0015`,
    `mynah_ping_rtt_mdev_seconds{${label}} 0`,
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
  const values = lines.filter((line) => !line.startsWith("#")).map((line) =>
    line.replace('{target="udp://[::1]:7"}', "").replace("mynah_ping_", "")
  );
  assertEquals(values, [
    "ok 0",
    "due 1",
    "sent 1",
    "not_sent 0",
    "received 0",
    "lost 1",
    "not_measured 0",
    "failed 0",
    "late 0",
    "damaged 0",
    "duplicated 0",
    "out_of_order 0",
    "closed 0",
    "loss_ratio 1",
  ]);
});

testWith(
  ["promtool"],
  "promtool finds nothing wrong with the metrics",
  async () => {
    const lines = report((ledger) => {
      ledger.sent(0);
      ledger.arrived(1, 1.5, 64);
      ledger.sent(0);
      ledger.failed(2, 'what the system said: "no"');
    });
    const text = `${lines.join("\n")}\n`;
    const { code, stderr } = await run(["promtool", "check", "metrics"], text);
    assertEquals([code, stderr], [0, ""]);
  },
);
