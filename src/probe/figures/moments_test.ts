import { assertEquals } from "@std/assert";
import { assertNear } from "../../../tests/support/assertions.ts";
import { Moments } from "./moments.ts";

function momentsOf(values: readonly number[]): Moments {
  const moments = new Moments();
  for (const value of values) moments.add(value);
  return moments;
}

/** mdev as the source of iputils has it: from the sums of the times and of their squares. */
function mdevOfIputils(values: readonly number[]): number {
  const sum = values.reduce((sum, value) => sum + value, 0);
  const squares = values.reduce((sum, value) => sum + value ** 2, 0);
  const total = values.length;
  return Math.sqrt((squares - sum * sum / total) / total);
}

Deno.test("min, avg, max and mdev are those computed by hand", () => {
  // Mean 5; squared differences 9 1 1 1 0 0 4 16, sum 32, by 8 is 4, root 2.
  const moments = momentsOf([2, 4, 4, 4, 5, 5, 7, 9]);
  assertEquals([moments.min, moments.avg, moments.max], [2, 5, 9]);
  assertNear(moments.mdev, 2, 1e-12);
});

Deno.test("mdev is what iputils computes", () => {
  const values = [0.045, 0.061, 0.058, 0.071, 0.049, 12.5];
  assertNear(momentsOf(values).mdev, mdevOfIputils(values), 1e-9);
});

Deno.test("mdev keeps its digits where times are long and differ little", () => {
  const values = [1e9 + 1, 1e9 + 2, 1e9 + 3];
  assertNear(momentsOf(values).mdev, Math.sqrt(2 / 3), 1e-9);
});

Deno.test("one time has no deviation, none has no count", () => {
  assertEquals(momentsOf([3]).mdev, 0);
  const { count, min, max, mdev } = momentsOf([]);
  assertEquals([count, min, max, mdev], [0, Infinity, -Infinity, 0]);
});

Deno.test("flows added up are as one flow of all times", () => {
  const all = [2, 4, 4, 4, 5, 5, 7, 9, 100, 0.5];
  const sum = new Moments();
  for (const part of [all.slice(0, 3), [], all.slice(3, 4), all.slice(4)]) {
    sum.addAll(momentsOf(part));
  }
  const whole = momentsOf(all);
  assertEquals([sum.count, sum.min, sum.max], [10, 0.5, 100]);
  assertNear(sum.avg, whole.avg, 1e-12);
  assertNear(sum.mdev, whole.mdev, 1e-12);
});
