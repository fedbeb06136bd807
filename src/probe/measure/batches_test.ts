import { assertEquals } from "@std/assert";
import { Batches, receiveCapacity } from "./batches.ts";

const TIMEOUT_MS = 3000;

/** What is noted when an answer to a message comes after a silence from 0 until 1000, in which messages were sent. */
function after(
  answer: { sentAt: number; sentSince: number },
  sent = 1000,
): Batches {
  const batches = new Batches(150);
  for (let i = 0; i < sent; i++) batches.sent(1000 * i / sent);
  batches.add({ at: 1000, ...answer }, TIMEOUT_MS);
  return batches;
}

Deno.test("after a stall, what was sent in it may have been answered in one batch", () => {
  const batches = after({ sentAt: 1, sentSince: 999 });
  assertEquals(
    [0, 1, 500, 1020, 1021].map((sentAt) => batches.cover(sentAt)),
    [false, true, true, true, false],
  );
});

Deno.test("a batch that a buffer holds costs nothing", () => {
  assertEquals(after({ sentAt: 1, sentSince: 150 }).cover(500), false);
});

Deno.test("a silence in which few messages were sent is not followed by a batch, however many are under way", () => {
  assertEquals(after({ sentAt: 1, sentSince: 999 }, 150).cover(500), false);
});

Deno.test("at a high rate, a batch follows a short silence too", () => {
  const batches = new Batches(150);
  for (let sentAt = 0; sentAt < 20; sentAt += 0.1) batches.sent(sentAt);
  batches.add({ at: 20, sentAt: 1, sentSince: 190 }, TIMEOUT_MS);
  assertEquals([2, 41].map((at) => batches.cover(at)), [true, false]);
});

Deno.test("after an outage, the answer is to a new message: what was sent before is lost", () => {
  assertEquals(after({ sentAt: 999, sentSince: 1 }).cover(500), false);
});

Deno.test("where every answer takes long, what was lost in an outage is lost too", () => {
  assertEquals(after({ sentAt: 700, sentSince: 300 }).cover(600), false);
});

Deno.test("answers that keep coming are no batch, however many are under way", () => {
  const batches = new Batches(150);
  for (let at = 90; at < 2000; at += 90) {
    for (let i = 0; i < 90; i++) batches.sent(at - 90 + i);
    batches.add(
      { at, sentAt: at - 80, sentSince: 1000 },
      TIMEOUT_MS,
    );
    assertEquals(batches.cover(at - 40), false);
  }
});

Deno.test("a receive buffer holds some 150 small datagrams, and few large ones", () => {
  assertEquals([0, 64, 1400, 65_507].map(receiveCapacity), [166, 151, 52, 1]);
});

Deno.test("there is no silence while nobody is asked", () => {
  const batches = new Batches(150);
  batches.sent(0);
  batches.add({ at: 1, sentAt: 0, sentSince: 0 }, TIMEOUT_MS);
  assertEquals(batches.isSilent(1000), false);
  batches.sent(1000);
  assertEquals([1100, 1101].map((at) => batches.isSilent(at)), [false, true]);
});
