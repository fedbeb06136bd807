import { assert, assertEquals, assertRejects } from "@std/assert";
import { race } from "./race.ts";

const never = new AbortController().signal;
const LONG_MS = 1e6;

function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

Deno.test("race() takes the first when it succeeds, and asks no other", async () => {
  const asked: string[] = [];
  const won = await race(["a", "b"], (candidate) => {
    asked.push(candidate);
    return Promise.resolve(candidate);
  }, { discard() {}, headStartMs: LONG_MS, signal: never });
  assertEquals([won, asked], ["a", ["a"]]);
});

Deno.test("race() goes on at once when one fails", async () => {
  const won = await race(
    ["a", "b", "c"],
    (candidate) =>
      candidate === "c" ? Promise.resolve(candidate) : Promise.reject("no"),
    { discard() {}, headStartMs: LONG_MS, signal: never },
  );
  assertEquals(won, "c");
});

Deno.test("race() tries the next beside one that hangs, and then ends that one", async () => {
  const aborted: string[] = [];
  const won = await race(["dead", "alive"], (candidate, signal) => {
    signal.addEventListener("abort", () => aborted.push(candidate));
    return candidate === "dead" ? hang(signal) : Promise.resolve(candidate);
  }, { discard() {}, headStartMs: 1, signal: never });
  assertEquals(won, "alive");
  assert(aborted.includes("dead"));
});

Deno.test("race() gives back what comes too late", async () => {
  const late = Promise.withResolvers<string>();
  const discarded: string[] = [];
  const won = await race(
    ["slow", "fast"],
    (candidate) =>
      candidate === "slow" ? late.promise : Promise.resolve(candidate),
    {
      discard: (value) => discarded.push(value),
      headStartMs: 1,
      signal: never,
    },
  );
  assertEquals(won, "fast");
  late.resolve("slow");
  await late.promise;
  assertEquals(discarded, ["slow"]);
});

Deno.test("race() has the errors of all, in the order of the candidates", async () => {
  const { errors } = await assertRejects(
    () =>
      race(["a", "b"], (candidate) => Promise.reject(new Error(candidate)), {
        discard() {},
        signal: never,
      }),
    AggregateError,
  );
  assertEquals(errors.map((error) => error.message), ["a", "b"]);
});

Deno.test("race() ends with its signal", async () => {
  const reason = new Error("enough");
  const stop = new AbortController();
  const running = race(["a"], (_, signal) => hang(signal), {
    discard() {},
    signal: stop.signal,
  });
  stop.abort(reason);
  assertEquals(await running.catch((error) => error), reason);
});

Deno.test("race() does not start after its signal", async () => {
  const reason = new Error("enough");
  let asked = 0;
  const running = race(["a"], () => Promise.resolve(asked++), {
    discard() {},
    signal: AbortSignal.abort(reason),
  });
  assertEquals(await running.catch((error) => error), reason);
  assertEquals(asked, 0);
});
