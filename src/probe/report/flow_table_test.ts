import { assertEquals } from "@std/assert";
import { flowTable } from "./flow_table.ts";
import { Ledger } from "../measure/ledger.ts";
import { type Figures, summarize } from "../figures/summary.ts";

/** A flow that sent two messages, of which so many came back. */
function figures(received: number): Figures {
  const ledger = new Ledger({ flow: 1, timeoutMs: 1e6, onEvent() {} });
  ledger.sent(0);
  ledger.sent(0);
  for (let seq = 1; seq <= received; seq++) ledger.arrived(seq, 2, 64);
  return summarize([{ ledger }], 0).total;
}

Deno.test("flowTable() has a row for each flow", () => {
  assertEquals(flowTable([figures(2), figures(0)]), [
    "flow  sent  received  loss  dup  order  damaged      min/avg/max/mdev ms   p99  jitter",
    "   1     2         2    0%    0      0        0  2.000/2.000/2.000/0.000  2.00   0.000",
    "   2     2         0  100%    0      0        0                        -     -       -",
  ]);
});

Deno.test("flowTable() shows the worst of many flows", () => {
  const flows = Array.from(
    { length: 100 },
    (_, i) => figures(i === 41 ? 1 : 2),
  );
  const [title, , worst, ...rest] = flowTable(flows);
  assertEquals(title, "the worst 16 of 100 flows:");
  assertEquals(worst.trim().split(/\s+/).slice(0, 4), ["42", "2", "1", "50%"]);
  assertEquals(rest.length, 15);
});
