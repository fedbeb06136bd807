import { assertEquals } from "@std/assert";
import { type Figures, summarize } from "./summary.ts";
import { describeVerdict, judge, type Thresholds } from "./thresholds.ts";
import { Ledger } from "../measure/ledger.ts";

/** What a flow comes to that sent so many messages and received these times. */
function figures(sent: number, times: readonly number[]): Figures {
  const ledger = new Ledger({ flow: 1, timeoutMs: 1e6, onEvent() {} });
  for (let i = 0; i < sent; i++) ledger.sent(0);
  for (const [i, time] of times.entries()) ledger.arrived(i + 1, time, 64);
  return summarize([{ ledger }], 0).total;
}

function failures(figures: Figures, thresholds: Partial<Thresholds>): string[] {
  return judge(figures, { maxLossPercent: 0, ...thresholds })
    .filter(({ ok }) => !ok).map(describeVerdict);
}

const HUNDRED = Array.from({ length: 100 }, (_, i) => i + 1);

Deno.test("without loss, nothing has to be set to be within the thresholds", () => {
  assertEquals(failures(figures(100, HUNDRED), {}), []);
});

Deno.test("any loss is too much, unless some is allowed", () => {
  const one = figures(101, HUNDRED);
  assertEquals(failures(one, {}), ["loss is 0.9901%, more than 0%"]);
  assertEquals(failures(one, { maxLossPercent: 0.5 }).length, 1);
  assertEquals(failures(one, { maxLossPercent: 1 }), []);
  assertEquals(
    failures(figures(100, HUNDRED.slice(1)), { maxLossPercent: 1 }),
    [],
  );
});

Deno.test("a threshold is passed only above it", () => {
  const { rtt } = figures(100, HUNDRED);
  assertEquals(failures(figures(100, HUNDRED), { maxP99Ms: rtt!.p99 }), []);
  assertEquals(failures(figures(100, HUNDRED), { maxP99Ms: 98 }), [
    `p99 is ${Number(rtt!.p99.toPrecision(4))} ms, more than 98 ms`,
  ]);
});

Deno.test("a difference of less than the digits shown is shown", () => {
  assertEquals(
    describeVerdict({
      name: "max_p99_ms",
      limit: 20,
      value: 20.00001,
      ok: false,
    }),
    "p99 is 20.00001 ms, more than 20 ms",
  );
});

Deno.test("jitter has a threshold", () => {
  const shaky = figures(2, [10, 26]);
  assertEquals(failures(shaky, { maxJitterMs: 0.5 }), [
    "jitter is 1 ms, more than 0.5 ms",
  ]);
  assertEquals(failures(shaky, { maxJitterMs: 1 }), []);
});

Deno.test("when nothing came back, no threshold is kept", () => {
  assertEquals(
    failures(figures(3, []), {
      maxLossPercent: 100,
      maxP99Ms: 1000,
      maxJitterMs: 1000,
    }),
    [
      "p99 is unknown: nothing came back",
      "jitter is unknown: nothing came back",
    ],
  );
  assertEquals(failures(figures(0, []), {}), [
    "loss is unknown: nothing was measured",
  ]);
});

Deno.test("a connection that ended early is never within the thresholds", () => {
  const whole = figures(1, [1]);
  const closed = { ...whole, counts: { ...whole.counts, closed: 1 } };
  assertEquals(failures(closed, {}), [
    "the number of closed connections is 1, more than 0",
  ]);
});
