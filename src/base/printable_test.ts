import { assertEquals } from "@std/assert";
import { printable, visible } from "./printable.ts";

Deno.test("visible() leaves text of any language alone", () => {
  const text = `naïve "quoted" C:\\path 日本 😀`;
  assertEquals(visible(text), text);
});

Deno.test("visible() shows what a terminal would obey or hide", () => {
  assertEquals(visible("a\nb\tc\0"), "a\\nb\\tc\\u{0}");
  assertEquals(visible("\x1b[2J\x7f\x9b"), "\\u{1b}[2J\\u{7f}\\u{9b}");
  assertEquals(
    visible("\u202ea\u200b\u2028\ufeff"),
    "\\u{202e}a\\u{200b}\\u{2028}\\u{feff}",
  );
  assertEquals(visible("\ud800"), "\\u{d800}");
});

Deno.test("printable() cuts a long text, not within a character", () => {
  assertEquals(printable("a".repeat(60)), "a".repeat(60));
  assertEquals(printable("a".repeat(61)), "a".repeat(60) + "…");
  assertEquals(printable("abc😀d", 4), "abc…");
  assertEquals(printable("\n".repeat(9), 2), "\\n\\n…");
});
