import { assertEquals } from "@std/assert";
import { assertNear } from "../../../tests/support/assertions.ts";
import { Jitter } from "./jitter.ts";

function jitterOf(times: readonly number[]): number {
  const jitter = new Jitter();
  for (const time of times) jitter.add(time);
  return jitter.value;
}

Deno.test("jitter is that computed by hand (RFC 3550 §6.4.1)", () => {
  // D: 16, −16, 32. J: 0 + 16/16 = 1; 1 + (16 − 1)/16 = 1.9375; 1.9375 + (32 − 1.9375)/16 = 3.81640625.
  assertEquals(jitterOf([10, 26]), 1);
  assertEquals(jitterOf([10, 26, 10]), 1.9375);
  assertEquals(jitterOf([10, 26, 10, 42]), 3.81640625);
});

Deno.test("there is no jitter where all times are the same, or only one is known", () => {
  assertEquals(jitterOf([]), 0);
  assertEquals(jitterOf([5]), 0);
  assertEquals(jitterOf([5, 5, 5, 5]), 0);
});

Deno.test("jitter tends to the mean difference", () => {
  const times = Array.from({ length: 400 }, (_, i) => i % 2 === 0 ? 20 : 23);
  assertNear(jitterOf(times), 3, 1e-9);
});
