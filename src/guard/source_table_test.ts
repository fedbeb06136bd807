import { assert, assertEquals, assertLess } from "@std/assert";
import { Source, SourceTable } from "./source_table.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** More than the table has places for. */
const MANY = 30_000;
const MOST = 20_480;

function add(table: SourceTable, key: string, now: number): Source {
  const source = new Source(now);
  table.add(key, source);
  return source;
}

/** Fills every place of a regular with sources that came at 0 and were last heard of at `now`. */
function fillRegulars(table: SourceTable, now: number): void {
  for (let i = 0; i < 4096; i++) {
    add(table, `filler ${i}`, now - SECOND);
    table.get(`filler ${i}`, now);
  }
}

Deno.test("a source is found under its key, and only there", () => {
  const table = new SourceTable();
  const source = add(table, "a", 0);
  assertEquals(table.get("a", 0), source);
  assertEquals(table.get("b", 0), undefined);
  assertEquals(table.size, 1);
});

Deno.test("a source that comes again after a second is a regular", () => {
  const table = new SourceTable();
  const source = add(table, "a", 0);
  assertEquals(table.get("a", SECOND - 1)?.regular, false);
  assertEquals(table.get("a", SECOND)?.regular, true);
  assertEquals(table.get("a", SECOND), source);
  assertEquals(table.size, 1);
});

Deno.test("the last 8192 newcomers are remembered, whatever came before", () => {
  const table = new SourceTable();
  for (let i = 0; i < 3 * 8192 + 100; i++) {
    add(table, `${i}`, 0);
    if (i >= 8191) assert(table.get(`${i - 8191}`, 0));
  }
});

Deno.test("a million newcomers do not grow the table past its cap", () => {
  const table = new SourceTable();
  fillRegulars(table, SECOND);
  let largest = 0;
  for (let i = 0; i < 1_000_000; i++) {
    add(table, `${i}`, 0);
    largest = Math.max(largest, table.size);
  }
  assertEquals(largest, MOST);
});

Deno.test("a million sources that come twice do not grow the table past its cap", () => {
  const table = new SourceTable();
  let largest = 0;
  for (let i = 0; i < 1_000_000; i++) {
    add(table, `${i}`, i);
    table.get(`${i - SECOND}`, i);
    largest = Math.max(largest, table.size);
  }
  assertLess(largest, MOST + 1);
});

Deno.test("newcomers do not push out a regular", () => {
  const table = new SourceTable();
  const source = add(table, "a", 0);
  table.get("a", SECOND);
  for (let i = 0; i < MANY; i++) add(table, `${i}`, SECOND);
  assertEquals(table.get("a", 2 * SECOND), source);
});

Deno.test("sources that come twice do not push out a regular that is busy", () => {
  const table = new SourceTable();
  const source = add(table, "a", 0);
  for (let now = 0; now < 20 * MINUTE; now += 50) {
    add(table, `${now}`, now);
    table.get(`${now - SECOND}`, now);
    assertEquals(table.get("a", now), source);
  }
});

Deno.test("a regular keeps its place for ten minutes of silence", () => {
  const table = new SourceTable();
  const source = add(table, "a", 0);
  table.get("a", SECOND);
  const end = SECOND + 10 * MINUTE;
  for (let now = SECOND; now < end; now += 10) {
    add(table, `${now}`, now);
    table.get(`${now - SECOND}`, now);
  }
  assertEquals(table.get("a", end - 1), source);
});

Deno.test("a source that finds all places kept stays new, and is remembered", () => {
  const table = new SourceTable();
  fillRegulars(table, SECOND);
  const source = add(table, "a", 0);
  assertEquals(table.get("a", 10 * MINUTE), source);
  assertEquals(source.regular, false);
});

Deno.test("a source gets the place of a regular silent for ten minutes", () => {
  const table = new SourceTable();
  fillRegulars(table, SECOND);
  assert(table.get("filler 0", 2 * SECOND));
  const source = add(table, "a", 0);
  assert(table.get("a", SECOND + 10 * MINUTE));
  assertEquals(source.regular, true);
  assertEquals(table.get("filler 1", SECOND + 10 * MINUTE), undefined);
  assertEquals(table.get("filler 0", SECOND + 10 * MINUTE)?.regular, true);
});
