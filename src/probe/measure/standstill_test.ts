import { assertEquals } from "@std/assert";
import { Standstill } from "./standstill.ts";

Deno.test("a process that is looked at often enough never stood still", () => {
  const standstill = new Standstill();
  for (let now = 1e6; now < 1e6 + 10_000; now += 500) standstill.look(now);
  assertEquals(standstill.totalMs, 0);
  assertEquals(standstill.catchesUp(1e6), false);
  assertEquals(standstill.covers(0, Infinity), false);
});

Deno.test("a gap in time is a standstill, and what was under way then came in unread", () => {
  const standstill = new Standstill();
  for (const now of [0, 100, 1100, 1200]) standstill.look(now);
  assertEquals(standstill.totalMs, 1000);
  assertEquals(
    [1099, 1100, 1120, 1121].map((now) => standstill.catchesUp(now)),
    [true, true, true, false],
  );
  assertEquals(standstill.covers(90, 110), true);
  assertEquals(standstill.covers(90, 99), false);
  assertEquals(standstill.covers(101, 110), false);
});
