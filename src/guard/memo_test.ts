import { assertEquals } from "@std/assert";
import { Memo } from "./memo.ts";

Deno.test("a memo makes a value once for each key", () => {
  const made: string[] = [];
  const memo = new Memo(10, (key) => `${key}${made.push(key)}`);
  assertEquals(["a", "b", "a"].map((key) => memo.get(key)), ["a1", "b2", "a1"]);
  assertEquals(made, ["a", "b"]);
});

Deno.test("a memo that was cleared makes its values again", () => {
  let made = 0;
  const memo = new Memo(10, () => ++made);
  memo.get("a");
  memo.clear();
  assertEquals(memo.get("a"), 2);
});

Deno.test("a memo never remembers more than its capacity", () => {
  const memo = new Memo(100, (key) => key);
  for (let i = 0; i < 1000; i++) {
    assertEquals(memo.get(`${i}`), `${i}`);
    assertEquals(memo.size, i % 100 + 1);
  }
});
