import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { scatter } from "../base/hash.ts";
import { FREE_BYTES } from "./allowance.ts";
import { SourceTable } from "./source_table.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const PLACES = 4096;
/** Sources from here on are not those that fill the table. */
const OTHERS = 1_000_000;

/** A source's key and hash. */
function source(i: number): [string, number] {
  return [`${i}`, scatter(i + 1)];
}

/** Has sources come three times, a second after the other, the last time at `now`. */
function makeRegulars(
  table: SourceTable,
  { from = 0, count, now }: { from?: number; count: number; now: number },
): void {
  for (const ago of [2, 1, 0]) {
    for (let i = from; i < from + count; i++) {
      table.find(...source(i), now - ago * SECOND);
    }
  }
}

/** Fills every place, lastly at `now`; those who share a place in the count of visits may not get one. */
function fill(table: SourceTable, now: number): void {
  makeRegulars(table, { count: PLACES + 500, now });
  assertEquals(table.regulars, PLACES);
}

function isRegular(table: SourceTable, i: number, now: number): boolean {
  return table.find(...source(i), now).regular;
}

Deno.test("a source that comes a third time, each a second after the other, is a regular", () => {
  const table = new SourceTable();
  for (const now of [0, 0, 500, 999, 1000, 1999]) {
    assertEquals(isRegular(table, 1, now), false, `${now}`);
  }
  assertEquals(isRegular(table, 1, 2000), true);
  assertEquals(isRegular(table, 2, 2000), false);
  assertEquals(table.regulars, 1);
});

Deno.test("a regular has an allowance of its own, which begins with what was left", () => {
  const table = new SourceTable();
  for (const now of [0, SECOND]) table.find(...source(1), now).freeBytes = 0;
  const regular = table.find(...source(1), 2 * SECOND);
  assert(regular.freeBytes < FREE_BYTES / 10);
  assertEquals(table.find(...source(1), 2 * SECOND), regular);
});

Deno.test("what a source was sent is not forgotten, however many others come", () => {
  const table = new SourceTable();
  const before = table.find(...source(0), 0);
  before.freeBytes = 0;
  for (let i = 1; i < 100_000; i++) table.find(...source(i), 0);
  assertEquals(table.find(...source(0), 0), before);
});

Deno.test("what a regular was sent is not forgotten when it loses its place", () => {
  const table = new SourceTable();
  fill(table, 2 * SECOND);
  const later = 2 * SECOND + 11 * MINUTE;
  const regular = table.find(...source(0), 2 * SECOND);
  regular.refill(later);
  regular.freeBytes = 0;
  makeRegulars(table, { from: OTHERS, count: 1, now: later });
  const again = table.find(...source(0), later);
  assertNotEquals(again, regular);
  assertEquals(again.freeBytes, 0);
});

Deno.test("new sources share few allowances: hardly any two the same", () => {
  const table = new SourceTable();
  const used = new Set<unknown>();
  for (let i = 0; i < 64; i++) used.add(table.find(...source(i), 0));
  assert(used.size > 60);
  let shared = 0;
  for (let i = 64; i < 10_064; i++) {
    if (used.has(table.find(...source(i), 0))) shared++;
  }
  assert(shared < 100, `${shared}`);
});

Deno.test("a hundred thousand sources that come three times do not grow the table past its cap", () => {
  const table = new SourceTable();
  for (let i = 0; i < 100_000; i++) {
    const now = i;
    table.find(...source(i), now);
    for (const ago of [1, 2]) table.find(...source(i - ago * SECOND), now);
  }
  assertEquals(table.regulars, PLACES);
});

/** Has others come three times at this rate, until they have all places, and goes on for as long as `step` lets it. */
function churn(step: (table: SourceTable, now: number) => boolean): void {
  const table = new SourceTable();
  for (let now = 0; step(table, now); now += 5) {
    const i = OTHERS + now / 5;
    table.find(...source(i), now);
    for (const ago of [1, 2]) table.find(...source(i - ago * 210), now);
  }
}

Deno.test("a regular that comes every minute keeps its place, whoever else comes", () => {
  churn((table, now) => {
    if (now === 0) makeRegulars(table, { count: 1, now });
    if (now % MINUTE === 0) assertEquals(isRegular(table, 0, now), true);
    return now < 20 * MINUTE;
  });
});

Deno.test("a regular that finds places free keeps its own for ten minutes of silence and longer", () => {
  const table = new SourceTable();
  fill(table, 2 * SECOND);
  assertEquals(isRegular(table, 0, 60 * MINUTE), true);
});

Deno.test("places that are kept with a sign of life every ten minutes do not keep out who comes regularly", () => {
  const table = new SourceTable();
  fill(table, 2 * SECOND);
  // Seven a second, for an hour.
  let i = 0;
  let regularAt = Infinity;
  for (let now = 2 * SECOND; now < 60 * MINUTE; now += 10 * MINUTE / PLACES) {
    table.find(...source(i++ % PLACES), now);
    if (now > 30 * MINUTE && now % SECOND < 10 * MINUTE / PLACES) {
      if (isRegular(table, OTHERS, now)) regularAt = Math.min(regularAt, now);
    }
  }
  assert(regularAt < 30 * MINUTE + 5 * SECOND, `${regularAt / SECOND}`);
});

Deno.test("a source that finds all places busy shares an allowance until one is free", () => {
  const table = new SourceTable();
  fill(table, 2 * SECOND);
  const candidate = OTHERS;
  for (let now = 2 * SECOND; now < 90 * SECOND; now += SECOND) {
    assertEquals(isRegular(table, candidate, now), false);
  }
  assertEquals(isRegular(table, candidate, 92 * SECOND), true);
  assertEquals(table.regulars, PLACES);
});

Deno.test("of regulars that are silent for less than ten minutes, seven a second give way at most", () => {
  const table = new SourceTable();
  fill(table, 2 * SECOND);
  for (let now = 2 * MINUTE; now < 3 * MINUTE; now += SECOND) {
    makeRegulars(table, { from: OTHERS + 100 * now, count: 100, now });
  }
  const now = 3 * MINUTE;
  let left = 0;
  for (let i = 0; i < PLACES; i++) if (isRegular(table, i, now)) left++;
  assert(left > PLACES - 7 * 60, `${left}`);
});
