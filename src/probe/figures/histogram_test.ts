import { assertEquals } from "@std/assert";
import { assertNear } from "../../../tests/support/assertions.ts";
import { Distribution } from "./histogram.ts";

function distributionOf(times: readonly number[]): Distribution {
  const distribution = new Distribution();
  for (const time of times) distribution.add(time);
  return distribution;
}

/** The shortest time that so many percent of all did not exceed: the definition, on the sorted times. */
function percentileOf(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  // 99.9 / 100 * 5000 is a little more than 4995.
  const count = Math.ceil(percent / 100 * sorted.length - 1e-9);
  return sorted[Math.max(0, count - 1)];
}

/** The histogram keeps three digits. */
function assertClose(value: number, expected: number): void {
  assertNear(value, expected, 0.001 * expected);
}

const EVEN = Array.from({ length: 1000 }, (_, i) => (i + 1) / 10);
const SKEWED = Array.from({ length: 5000 }, (_, i) => 0.02 * 1.002 ** i);

for (const [name, times] of [["even", EVEN], ["skewed", SKEWED]] as const) {
  for (const percent of [1, 50, 90, 99, 99.9, 100]) {
    Deno.test(`p${percent} of ${name} times is that computed by hand`, () => {
      const value = distributionOf(times).percentile(percent);
      assertClose(value, percentileOf(times, percent));
    });
  }
}

Deno.test("no percentile lies beyond the longest time", () => {
  assertEquals(distributionOf([0.1234567]).percentile(99.9), 0.1234567);
});

Deno.test("times from a nanosecond to a week are kept apart", () => {
  const week = 7 * 24 * 3600 * 1000;
  const distribution = distributionOf([0.000001, 1, 60_000, week]);
  assertClose(distribution.percentile(50), 1);
  assertClose(distribution.percentile(75), 60_000);
  assertEquals(distribution.percentile(100), week);
});

Deno.test("distributions added up are as one of all times", () => {
  const sum = distributionOf(SKEWED.slice(0, 10));
  sum.addAll(distributionOf(SKEWED.slice(10)));
  const whole = distributionOf(SKEWED);
  assertEquals(sum.count, whole.count);
  for (const percent of [1, 50, 99, 100]) {
    assertEquals(sum.percentile(percent), whole.percentile(percent));
  }
});

Deno.test("bins have all times, in order", () => {
  const bins = [...distributionOf([5, 1, 1, 3]).bins()];
  assertEquals(bins.map(({ count }) => count), [2, 1, 1]);
  for (const [i, ms] of [1, 3, 5].entries()) assertClose(bins[i].ms, ms);
});

Deno.test("nothing has no percentile and no bins", () => {
  const nothing = new Distribution();
  assertEquals(nothing.percentile(99), 0);
  assertEquals([...nothing.bins()], []);
});
