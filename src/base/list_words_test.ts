import { assertEquals } from "@std/assert";
import { alternatives } from "./list_words.ts";

Deno.test("alternatives() has commas and an or", () => {
  assertEquals(alternatives([]), "");
  assertEquals(alternatives(["a"]), "a");
  assertEquals(alternatives(["a", "b"]), "a or b");
  assertEquals(alternatives(["a", "b", "c"]), "a, b or c");
});
