import { assertEquals } from "@std/assert";
import { addUp, lossPercent, lost, Statistics } from "./statistics.ts";

function flow(times: readonly number[], sent: number): Statistics {
  const statistics = new Statistics();
  statistics.counts.due = statistics.counts.sent = sent;
  for (const time of times) statistics.received(time);
  return statistics;
}

Deno.test("flows are added up, and their jitter averaged by what they received", () => {
  // Jitter 16/16 = 1 with two replies, and 0 with six.
  const total = addUp([flow([10, 26], 3), flow(Array(6).fill(100), 6)]);
  assertEquals(total.counts.sent, 9);
  assertEquals(total.counts.received, 8);
  assertEquals(total.jitterMs, (1 * 2 + 0 * 6) / 8);
  assertEquals([total.rtt.min, total.rtt.max], [10, 100]);
  assertEquals(total.distribution.count, 8);
  assertEquals(lost(total.counts), 1);
  assertEquals(lossPercent(total.counts), 100 / 9);
});

Deno.test("nothing has no loss and no jitter", () => {
  const total = addUp([new Statistics()]);
  assertEquals(lossPercent(total.counts), undefined);
  assertEquals(total.jitterMs, 0);
});
