import { assert, assertLessOrEqual } from "@std/assert";
import { echo } from "../../src/services/echo.ts";
import { qotd } from "../../src/services/qotd.ts";
import { Target } from "./amplification.ts";
import { forged } from "../support/guards.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const CLIENT = "192.0.2.1";
const MAX_REGULARS = 4096;

/**
 * A client asks every second for a minute, while 4,096 forged sources are kept
 * with 7 datagrams a second and others come for the first time.
 */
async function figures(type: typeof echo, newPerSecond: number) {
  const target = await Target.of(type);
  for (const ago of [2, 1, 0]) {
    for (let i = 0; i < MAX_REGULARS + 500; i++) {
      target.ask(forged(i), 512, (2 - ago) * SECOND);
    }
  }
  // The attack has gone on for ten minutes when the client comes.
  const step = 10 * MINUTE / MAX_REGULARS;
  let now = 2 * SECOND;
  let kept = 0;
  for (; kept < MAX_REGULARS; kept++) {
    target.ask(forged(kept), 512, now += step);
  }
  const start = now;
  let others = 1_000_000;
  let answers = 0;
  let regularAt = Infinity;
  for (; now < start + MINUTE; now += SECOND) {
    for (let i = 0; i < newPerSecond; i++) {
      target.ask(forged(others++), 0, now + i / newPerSecond * SECOND);
    }
    for (let i = 0; i < 7; i++) {
      target.ask(forged(kept++ % MAX_REGULARS), 512, now);
    }
    if (target.ask(CLIENT, 0, now + SECOND - 1) !== null) answers++;
    if (target.isRegular(CLIENT, now + SECOND - 1)) {
      regularAt = Math.min(regularAt, now - start);
    }
  }
  return { answers, seconds: regularAt / SECOND };
}

for (const type of [echo, qotd]) {
  for (const newPerSecond of [100, 10_000]) {
    Deno.test(`${type.name}: a client becomes a regular beside 4,096 forged ones that are kept, amid ${newPerSecond} new ones a second`, async () => {
      const { answers, seconds } = await figures(type, newPerSecond);
      console.log(
        `regulars: ${type.name}, ${newPerSecond} new sources/s: ${answers} of 60 answered, a regular after ${seconds} s`,
      );
      assert(answers >= 30, `${answers}`);
      assertLessOrEqual(seconds, 30);
    });
  }
}
