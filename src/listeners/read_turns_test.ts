import { assertEquals } from "@std/assert";
import { ReadTurns } from "./read_turns.ts";

/** As many connections as make `Turns` count, and more than a batch of them. */
const MANY = 200;
const BATCH = 32;

function enterMany(turns: ReadTurns): void {
  for (let i = 0; i < MANY; i++) turns.enter();
}

/** Lets what waits go on, without letting time pass. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

/** Waits for the timer that a queue has running. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

Deno.test("nobody waits while few connections are open", () => {
  const turns = new ReadTurns();
  for (let i = 0; i < 100; i++) turns.enter();
  for (let i = 0; i < 1000; i++) assertEquals(turns.next(), undefined);
});

Deno.test("with many open, a batch reads and the next one waits until it was served", async () => {
  const turns = new ReadTurns();
  enterMany(turns);
  for (let i = 0; i < BATCH; i++) assertEquals(turns.next(), undefined);

  let went = 0;
  for (let i = 0; i < BATCH; i++) turns.next()!.then(() => went++);
  await settle();
  assertEquals(went, 0);

  for (let i = 0; i < BATCH; i++) turns.served();
  await settle();
  assertEquals(went, BATCH);
  await rest();
});

Deno.test("whoever waited first goes first, one batch after the other", async () => {
  const turns = new ReadTurns();
  enterMany(turns);
  for (let i = 0; i < BATCH; i++) turns.next();
  const went: number[] = [];
  for (let i = 0; i < 3 * BATCH; i++) turns.next()!.then(() => went.push(i));

  for (let batch = 1; batch <= 3; batch++) {
    for (let i = 0; i < BATCH; i++) turns.served();
    await settle();
    assertEquals(went, Array.from({ length: batch * BATCH }, (_, i) => i));
  }
  await rest();
});

Deno.test("nobody from the queue joins a crowd that was not in it", async () => {
  const turns = new ReadTurns();
  enterMany(turns);
  for (let i = 0; i < BATCH; i++) turns.next();
  let went = 0;
  turns.next()!.then(() => went++);

  for (let i = 0; i < 128; i++) turns.served();
  await settle();
  assertEquals(went, 0);

  turns.served();
  await settle();
  assertEquals(went, 1);
  await rest();
});

Deno.test("the queue moves on, faster and faster, when those whose turn it is are silent", async () => {
  const turns = new ReadTurns();
  enterMany(turns);
  for (let i = 0; i < BATCH; i++) turns.next();
  const waiting = Array.from({ length: 100 * BATCH }, () => turns.next());
  await Promise.all(waiting);
  await rest();
});

Deno.test("who still waits when the others leave is not forgotten", async () => {
  const turns = new ReadTurns();
  enterMany(turns);
  for (let i = 0; i < BATCH; i++) turns.next();
  const waiting = turns.next();
  for (let i = 0; i < MANY; i++) turns.leave();
  await waiting;
  await rest();
});
