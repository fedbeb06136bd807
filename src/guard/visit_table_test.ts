import { assert, assertEquals } from "@std/assert";
import { scatter } from "../base/hash.ts";
import { VisitTable } from "./visit_table.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

Deno.test("what comes within a second is one visit", () => {
  const table = new VisitTable();
  const counts = [0, 10, 999, 1000, 1500, 2000, 600_000].map((now) =>
    table.count(42, now)
  );
  assertEquals(counts, [1, 1, 1, 2, 2, 3, 4]);
  assertEquals(table.count(43, 0), 1);
});

Deno.test("after ten minutes visits are counted anew", () => {
  const table = new VisitTable();
  table.count(42, 0);
  assertEquals(table.count(42, 10 * MINUTE - 1), 2);
  assertEquals(table.count(42, 20 * MINUTE - 1), 1);
});

/** How many times out of a hundred a source that comes this often still has its first visit, amid others. */
function remembered(everyMs: number, othersPerSecond: number): number {
  let found = 0;
  for (let i = 0; i < 100; i++) {
    const table = new VisitTable();
    table.count(scatter(i), 0);
    const others = everyMs / SECOND * othersPerSecond;
    for (let j = 0; j < others; j++) table.count(scatter(-1 - j), SECOND);
    if (table.count(scatter(i), everyMs) === 2) found++;
  }
  return found;
}

Deno.test("amid a flood of new sources, visits of who comes every second or ten are remembered as a rule", () => {
  assert(remembered(SECOND, 10_000) > 75);
  assert(remembered(10 * SECOND, 10_000) > 25);
});
