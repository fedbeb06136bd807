import { assertEquals } from "@std/assert";
import { assertNear } from "../../../tests/support/assertions.ts";
import { atInterval, atRate, type Timetable } from "./timetable.ts";

/** When each is due, and on which flow. */
function list(timetable: Timetable): [number, number][] {
  return Array.from(
    { length: timetable.total },
    (_, n) => [timetable.due(n), timetable.flow(n)],
  );
}

Deno.test("at an interval, each flow has one message in each, and they take turns in being first", () => {
  assertEquals(list(atInterval(3, 20, { count: 2 })), [
    [0, 0],
    [1, 1],
    [2, 2],
    [20, 1],
    [21, 2],
    [22, 0],
  ]);
});

Deno.test("a short interval has the flows closer together", () => {
  assertEquals(list(atInterval(4, 1, { count: 1 })).map(([due]) => due), [
    0,
    0.25,
    0.5,
    0.75,
  ]);
});

for (
  const [flows, interval, durationMs, total] of [
    [1, 1, 3000, 3000],
    [1, 20, 50, 3],
    [3, 20, 40, 6],
    [3, 20, 42, 8],
    [3, 20, 60, 9],
    [1, 1000, 500, 1],
  ]
) {
  Deno.test(`${flows} flows at ${interval} ms have ${total} messages in ${durationMs} ms`, () => {
    const timetable = atInterval(flows, interval, { durationMs });
    assertEquals(timetable.total, total);
    assertEquals(timetable.due(total - 1) < durationMs, true);
    assertEquals(timetable.due(total) >= durationMs, true);
  });
}

Deno.test("at a rate, messages are as far apart, on one flow after the other", () => {
  const timetable = atRate(2, 400, { durationMs: 10 });
  assertEquals(list(timetable), [[0, 0], [2.5, 1], [5, 0], [7.5, 1]]);
  assertNear(atRate(1, 1e6, {}).due(1e6), 1000, 1e-6);
});

Deno.test("what ends first ends it: the count or the duration", () => {
  assertEquals(atRate(2, 1000, { count: 3, durationMs: 100 }).total, 6);
  assertEquals(atRate(2, 1000, { count: 300, durationMs: 100 }).total, 100);
  assertEquals(atInterval(1, 10, {}).total, Infinity);
});
