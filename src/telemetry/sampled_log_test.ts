import { assertEquals } from "@std/assert";
import { MemoryLog } from "../../tests/support/fakes.ts";
import { SampledLog } from "./sampled_log.ts";

/** A clock for `setTimeout` that only a test moves. */
class ManualTimers implements Disposable {
  readonly #real = [globalThis.setTimeout, globalThis.clearTimeout] as const;
  readonly #waiting = new Map<number, { at: number; run: () => void }>();
  #now = 0;
  #lastId = 0;

  constructor() {
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      this.#waiting.set(++this.#lastId, { at: this.#now + ms, run });
      return this.#lastId;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = (id) => void this.#waiting.delete(id as number);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#now += ms;
    for (const [id, { at, run }] of this.#waiting) {
      if (at <= this.#now && this.#waiting.delete(id)) run();
    }
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  [Symbol.dispose](): void {
    [globalThis.setTimeout, globalThis.clearTimeout] = this.#real;
  }
}

function sampled() {
  const log = new MemoryLog();
  const sample = new SampledLog(log, "it happened");
  return { log, add: (n: number) => sample.add(() => ({ n })), sample };
}

function fieldsOf(log: MemoryLog) {
  return log.events.map(({ fields }) => fields);
}

Deno.test("a sampled log shows the first event at once, as a warning", () => {
  using _ = new ManualTimers();
  const { log, add } = sampled();
  add(1);
  assertEquals(log.events, [
    { level: "warn", message: "it happened", fields: { n: 1 } },
  ]);
});

Deno.test("a sampled log shows of a second's events the last, and how many were left out", () => {
  using timers = new ManualTimers();
  const { log, add } = sampled();
  for (let n = 1; n <= 5; n++) add(n);
  assertEquals(fieldsOf(log), [{ n: 1 }]);
  timers.pass(1000);
  assertEquals(fieldsOf(log), [{ n: 1 }, { n: 5, left_out: 3 }]);
});

Deno.test("a sampled log writes one line a second however many events there are", () => {
  using timers = new ManualTimers();
  const { log, add } = sampled();
  for (let n = 0; n < 10_000; n++) {
    add(n);
    timers.pass(1);
  }
  assertEquals(log.events.length, 10 + 1);
  const shown = fieldsOf(log).length;
  const leftOut = fieldsOf(log)
    .reduce((sum, fields) => sum + Number(fields.left_out ?? 0), 0);
  assertEquals(shown + leftOut, 10_000);
});

Deno.test("a sampled log shows an event at once again after a quiet second", () => {
  using timers = new ManualTimers();
  const { log, add } = sampled();
  add(1);
  timers.pass(1000);
  add(2);
  assertEquals(fieldsOf(log), [{ n: 1 }, { n: 2 }]);
});

Deno.test("a sampled log still waits a second after a line about left out events", () => {
  using timers = new ManualTimers();
  const { log, add } = sampled();
  add(1);
  add(2);
  timers.pass(1000);
  add(3);
  assertEquals(fieldsOf(log), [{ n: 1 }, { n: 2 }]);
  timers.pass(1000);
  assertEquals(fieldsOf(log).at(-1), { n: 3 });
});

Deno.test("a sampled log works out the fields only of what it shows", () => {
  using timers = new ManualTimers();
  const { sample } = sampled();
  let made = 0;
  const fields = () => ({ n: ++made });
  for (let n = 0; n < 100; n++) sample.add(fields);
  timers.pass(1000);
  assertEquals(made, 2);
});

Deno.test("a flush shows what waits, once, and leaves no timer", () => {
  using timers = new ManualTimers();
  const { log, add, sample } = sampled();
  add(1);
  add(2);
  add(3);
  sample.flush();
  sample.flush();
  assertEquals(fieldsOf(log), [{ n: 1 }, { n: 3, left_out: 1 }]);
  assertEquals(timers.waiting, 0);
});
