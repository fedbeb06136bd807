import { assertEquals } from "@std/assert";
import { MemoryLog } from "../../tests/support/fakes.ts";
import { LimitedLog, linesMemory } from "./limited_log.ts";

/** A log that takes two lines a second, and its clock. */
function limited(memory = linesMemory()) {
  const clock = { now: 1_000_000 };
  const log = new MemoryLog();
  log.maxLinesPerSecond = 2;
  const lines = new LimitedLog(log, memory, () => clock.now);
  const shown = () =>
    log.events.map(({ message, fields: { i, left_out } }) =>
      left_out === undefined
        ? `${message} ${i}`
        : `${message} ${i} -${left_out}`
    );
  return { clock, log, lines, shown };
}

Deno.test("a limited log shows every event up to the limit, and then samples with how many were left out", () => {
  const { lines, shown } = limited();
  for (let i = 1; i <= 10; i++) lines.info("ended", () => ({ i }));
  // The first one past the limit is shown at once, and of the rest the last.
  assertEquals(shown(), ["ended 1", "ended 2", "ended 3"]);
  lines.flush();
  assertEquals(shown().slice(3), ["ended 10 -6"]);
});

Deno.test("a limited log shows every event again in the next second", () => {
  const { clock, lines, shown } = limited();
  for (let i = 1; i <= 4; i++) lines.info("ended", () => ({ i }));
  clock.now += 1000;
  for (let i = 5; i <= 6; i++) lines.info("ended", () => ({ i }));
  lines.flush();
  assertEquals(shown(), [1, 2, 3, 5, 6, 4].map((i) => `ended ${i}`));
});

Deno.test("a limited log samples each kind of event by itself, at its own level", () => {
  const { log, lines, shown } = limited();
  for (let i = 1; i <= 2; i++) lines.debug("answered", () => ({ i }));
  lines.info("ended", () => ({ i: 1 }));
  lines.error("failed", () => ({ i: 1 }));
  lines.flush();
  assertEquals(shown(), ["answered 1", "answered 2", "ended 1", "failed 1"]);
  assertEquals(log.events.map(({ level }) => level), [
    "debug",
    "debug",
    "info",
    "error",
  ]);
});

Deno.test("the limit holds for all threads together", () => {
  const memory = linesMemory();
  const [one, other] = [limited(memory), limited(memory)];
  for (let i = 1; i <= 2; i++) one.lines.info("ended", () => ({ i }));
  for (let i = 1; i <= 3; i++) other.lines.info("ended", () => ({ i }));
  other.lines.flush();
  assertEquals(one.shown(), ["ended 1", "ended 2"]);
  assertEquals(other.shown(), ["ended 1", "ended 3 -1"]);
});
