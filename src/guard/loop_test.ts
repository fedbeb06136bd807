import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { LoopWatch, markAddress, markDatagram } from "./loop.ts";

const REPEATS = 1000;
const PAUSE_MS = 500;

/** How often marks may come, round after round, a step apart, until all of them were left unanswered once. */
function lifeOf(
  marks: readonly number[],
  watch: LoopWatch,
  stepMs: number,
  most: number,
): number {
  let alive = marks;
  let now = 0;
  let count = 0;
  while (alive.length > 0 && count < most) {
    alive = alive.filter((mark) => {
      count++;
      now += stepMs;
      return !watch.ends(mark, now);
    });
  }
  return count;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
}

Deno.test("a loop is ended by its thousandth datagram, however fast it is", () => {
  for (const stepMs of [0, 0.01, 1, PAUSE_MS - 1]) {
    assertEquals(lifeOf([42], new LoopWatch(), stepMs, 5000), REPEATS);
  }
});

Deno.test("the same datagram over and over loses one in a thousand", () => {
  const watch = new LoopWatch();
  let lost = 0;
  for (let now = 0; now < 10 * REPEATS; now++) {
    if (watch.ends(42, now)) lost++;
  }
  assertEquals(lost, 10);
});

Deno.test("a pause starts the count again", () => {
  const watch = new LoopWatch();
  let now = 0;
  for (let round = 0; round < 10; round++) {
    for (let i = 1; i < REPEATS; i++) {
      assertEquals(watch.ends(42, now++), false);
    }
    now += PAUSE_MS;
  }
});

Deno.test("a datagram that comes twice a second is never lost", () => {
  assertEquals(lifeOf([42], new LoopWatch(), PAUSE_MS, 5000), 5000);
});

Deno.test("datagrams that differ are never lost", () => {
  const watch = new LoopWatch();
  for (let i = 0; i < 2_000_000; i++) {
    assertEquals(watch.ends(i, i / 1000), false);
  }
});

Deno.test("many loops at once are all ended, each by about a thousand datagrams", () => {
  for (const count of [2, 64, 65, 300, 3000]) {
    const life = lifeOf(numbers(count), new LoopWatch(), 0.01, 1e8);
    assertLess(life, 10 * REPEATS * count);
  }
});

Deno.test("a loop is ended amid datagrams that differ, ten for each of its own", () => {
  const watch = new LoopWatch();
  let now = 0;
  let others = 0;
  let count = 0;
  while (!watch.ends(42, now += 0.1) && count++ < 1e6) {
    for (let i = 0; i < 10; i++) watch.ends(others++ | 0x40000000, now);
  }
  assertLess(count, 1e6);
});

Deno.test("a datagram's mark depends on its sender, its length and its bytes", () => {
  const bytes = new Uint8Array(600);
  const mark = markDatagram(1, bytes);
  assertEquals(markDatagram(1, new Uint8Array(600)), mark);
  assertNotEquals(markDatagram(2, bytes), mark);
  assertNotEquals(markDatagram(1, bytes.subarray(1)), mark);
  for (const at of [0, 255, 344, 599]) {
    const other = bytes.with(at, 1);
    assertNotEquals(markDatagram(1, other), mark, `byte ${at}`);
  }
});

Deno.test("numbers at either end of a datagram give each a mark of its own", () => {
  for (const length of [4, 100, 1400, 65_507]) {
    for (const at of [0, length - 4]) {
      const bytes = new Uint8Array(length);
      const marks = new Set<number>();
      for (let i = 0; i < 1000; i++) {
        new DataView(bytes.buffer).setUint32(at, i);
        marks.add(markDatagram(1, bytes));
      }
      assertEquals(marks.size, 1000);
    }
  }
});

Deno.test("an address's mark tells neighbors apart", () => {
  const marks = new Set<number>();
  for (let i = 0; i < 256; i++) {
    marks.add(markAddress(1, `10.0.0.${i}`));
    marks.add(markAddress(1, `2001:db8::${i.toString(16)}`));
  }
  assertEquals(marks.size, 512);
});

Deno.test("nobody holds the places: a loop amid others that fill all of them comes to its end", () => {
  const watch = new LoopWatch();
  const held = numbers(60_000);
  let now = 0;
  // Each of them comes again before it has paused: all places are taken, before the loop begins.
  const others = (stepMs: number) =>
    held.forEach((mark) => watch.ends(mark, now += stepMs));
  others(0.005);
  let count = 0;
  for (let i = 0; !watch.ends(-1, now += 1); count++) {
    // Those of the loop's own place are what matters; all of them now and then.
    if (count % 100 === 0) others(0.005);
    else watch.ends(held[i++ % held.length], now);
    assertLess(count, 500_000);
  }
});
