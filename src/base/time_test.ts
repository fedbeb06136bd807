import { assertEquals, assertRejects } from "@std/assert";
import { TimeLimitError, unlessAborted, withTimeLimit } from "./time.ts";

const LONG_MS = 1e6;
const forever = new Promise<never>(() => {});

Deno.test("withTimeLimit() has what the work has", async () => {
  assertEquals(await withTimeLimit(LONG_MS, () => Promise.resolve(5)), 5);
});

Deno.test("withTimeLimit() aborts work that takes too long", async () => {
  await assertRejects(
    () => withTimeLimit(1, (signal) => unlessAborted(forever, signal)),
    TimeLimitError,
    "no answer within 1ms",
  );
});

Deno.test("withTimeLimit() passes on the reason of another signal", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const running = withTimeLimit(
    LONG_MS,
    (signal) => unlessAborted(forever, signal),
    signal,
  );
  assertEquals(await running.catch((error) => error), reason);
});

Deno.test("unlessAborted() rejects as what it waits for does", async () => {
  const { signal } = new AbortController();
  const failed = Promise.reject(new RangeError("bad"));
  await assertRejects(() => unlessAborted(failed, signal), RangeError, "bad");
});
