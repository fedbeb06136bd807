import { assert, assertEquals } from "@std/assert";
import { Allowance } from "./allowance.ts";
import { Budget } from "./budget.ts";

const MINUTE = 60_000;
const FREE_BYTES = 8 * 1024;
const NEWCOMERS_SHARE = 32;
/** The largest quote, and what of it is free for an empty request. */
const QUOTE = 511;
const EXCESS = QUOTE + 28 - 3 * 28;

/** A source that does not share the newcomers' budget. */
function regular(now = 0): Allowance {
  return Object.assign(new Allowance(now), { regular: true });
}

/** How many replies of a kind are given one after the other at `now`; at most a thousand. */
function replies(
  budget: Budget,
  source: Allowance,
  now: number,
  [bytesIn, bytesOut] = [1, 1],
): number {
  let count = 0;
  while (
    count < 1000 && budget.take(source, bytesIn, bytesOut, now) === undefined
  ) count++;
  return count;
}

Deno.test("a source may have two seconds' worth at once", () => {
  const budget = new Budget(10);
  const source = regular();
  assertEquals(replies(budget, source, 0), 20);
  assertEquals(budget.take(source, 1, 1, 0), "rate");
});

Deno.test("a budget fills again at its rate, and not above its burst", () => {
  const budget = new Budget(10);
  const source = regular();
  replies(budget, source, 0);
  assertEquals(replies(budget, source, 99), 0);
  assertEquals(replies(budget, source, 100), 1);
  assertEquals(replies(budget, source, 1100), 10);
  assertEquals(replies(budget, source, MINUTE), 20);
});

Deno.test("what is refused costs nothing", () => {
  const budget = new Budget(10);
  const source = regular();
  replies(budget, source, 0);
  for (let now = 0; now < 100; now++) {
    assertEquals(budget.take(source, 1, 1, now), "rate");
  }
  assertEquals(budget.take(source, 1, 1, 100), undefined);
});

Deno.test("one source's budget is not another's", () => {
  const budget = new Budget(10);
  replies(budget, regular(), 0);
  assertEquals(replies(budget, regular(), 0), 20);
});

Deno.test("all new sources together may have 32 times what one may", () => {
  const budget = new Budget(10);
  let count = 0;
  for (let i = 0; i < 10_000; i++) {
    if (budget.take(new Allowance(0), 1, 1, 0) === undefined) count++;
  }
  assertEquals(count, NEWCOMERS_SHARE * 20);
  assertEquals(budget.take(new Allowance(0), 1, 1, 0), "newcomers");
  assertEquals(budget.take(regular(), 1, 1, 0), undefined);
});

Deno.test("the newcomers' budget fills again at its rate", () => {
  const budget = new Budget(10);
  for (let i = 0; i < 1000; i++) budget.take(new Allowance(0), 1, 1, 0);
  let count = 0;
  for (let i = 0; i < 1000; i++) {
    if (budget.take(new Allowance(1000), 1, 1, 1000) === undefined) count++;
  }
  assertEquals(count, NEWCOMERS_SHARE * 10);
});

Deno.test("one new source cannot use up what all the new ones have", () => {
  const budget = new Budget(10);
  const source = new Allowance(0);
  for (let i = 0; i < 10_000; i++) budget.take(source, 1, 1, 0);
  assertEquals(budget.take(source, 1, 1, 0), "rate");
  let others = 0;
  for (let i = 0; i < 1000; i++) {
    if (budget.take(new Allowance(0), 1, 1, 0) === undefined) others++;
  }
  assertEquals(others, (NEWCOMERS_SHARE - 1) * 20);
});

Deno.test("replies of up to three times the request are never too large", () => {
  const budget = new Budget(1000);
  const source = regular();
  // Headers count: 3 × (100 + 28) = 356 + 28.
  assertEquals(replies(budget, source, 0, [100, 356]), 1000);
  assertEquals(source.freeBytes, FREE_BYTES);
  assertEquals(budget.take(source, 100, 357, 0), undefined);
  assertEquals(source.freeBytes, FREE_BYTES - 1);
});

Deno.test("what replies exceed that by is taken from a free allowance", () => {
  const budget = new Budget(1000);
  const source = regular();
  const most = Math.floor(FREE_BYTES / EXCESS);
  assertEquals(most, 18);
  assertEquals(replies(budget, source, 0, [0, QUOTE]), most);
  assertEquals(budget.take(source, 0, QUOTE, 0), "amplification");
  assertEquals(budget.take(source, 1000, QUOTE, 0), undefined);
});

Deno.test("the free allowance fills in a minute, and no further", () => {
  const budget = new Budget(1000);
  const source = regular();
  replies(budget, source, 0, [0, QUOTE]);
  assertEquals(replies(budget, source, MINUTE / 2, [0, QUOTE]), 9);
  assertEquals(replies(budget, source, 100 * MINUTE, [0, QUOTE]), 18);
});

Deno.test("large requests earn nothing for small ones", () => {
  const budget = new Budget(1000);
  const source = regular();
  replies(budget, source, 0, [1400, 1]);
  assertEquals(source.freeBytes, FREE_BYTES);
});

Deno.test("new sources share a free allowance too", () => {
  const budget = new Budget(1000);
  let count = 0;
  for (let i = 0; i < 1000; i++) {
    const source = new Allowance(0);
    if (budget.take(source, 0, QUOTE, 0) === undefined) count++;
  }
  assertEquals(count, Math.floor(NEWCOMERS_SHARE * FREE_BYTES / EXCESS));
  assertEquals(
    budget.take(new Allowance(0), 0, QUOTE, 0),
    "newcomers",
  );
  assertEquals(budget.take(new Allowance(0), 1, 1, 0), undefined);
  assertEquals(budget.take(regular(), 0, QUOTE, 0), undefined);
});

Deno.test("the lowest budget that a config can ask for still answers", () => {
  const budget = new Budget(1);
  const source = new Allowance(0);
  assertEquals(replies(budget, source, 0), 2);
  assert(budget.take(source, 1, 1, 999));
  assertEquals(budget.take(source, 1, 1, 1000), undefined);
});

Deno.test("a reply of more than 1,500 bytes counts as several", () => {
  const budget = new Budget(100);
  // Headers count: 2972 + 28 bytes are two replies.
  assertEquals(replies(budget, regular(), 0, [1472, 1472]), 200);
  assertEquals(replies(budget, regular(), 0, [2972, 2972]), 100);
  assertEquals(replies(budget, regular(), 0, [65_507, 65_507]), 4);
});

Deno.test("a reply that is larger than a whole budget is sent, and the next ones wait for it", () => {
  const budget = new Budget(10);
  const source = regular();
  // 65,535 bytes are 43.7 replies, and 20 are there.
  assertEquals(replies(budget, source, 0, [65_507, 65_507]), 1);
  assertEquals(replies(budget, source, 2400), 0);
  assertEquals(replies(budget, source, 2500), 1);
});

Deno.test("services with different rates share what a source may be sent", () => {
  const [slow, fast] = [new Budget(1), new Budget(100)];
  const source = regular();
  assertEquals(replies(slow, source, 0), 2);
  assertEquals(replies(fast, source, 0), 0);
  assertEquals(replies(fast, source, 1000), 100);
  assertEquals(replies(slow, source, 1000), 0);
});
