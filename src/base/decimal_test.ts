import { assertEquals } from "@std/assert";
import { decimalHint, inDecimal } from "./decimal.ts";

const CASES: Readonly<Record<string, string | undefined>> = {
  "0": undefined,
  "7": undefined,
  "1024": undefined,
  "010": "10 (8 if it was octal)",
  "00": "0",
  "007": "7",
  "09": "9",
  "0x10": "16",
  "0XfF": "255",
  "0o17": "15",
  "0b101": "5",
  "1_000": "1000",
  "1,000": "1000",
  "0x1_0": "16",
  "1e3": "1000",
  "1E+3": "1000",
  "1.5e1": "15",
  "1e400": undefined,
  "1e-3": undefined,
  "+5": "5",
  "+010": "10 (8 if it was octal)",
  "-5": undefined,
  "1.5": undefined,
  "_1": undefined,
  "": undefined,
  "five": undefined,
  "0x": undefined,
};

for (const [text, decimal] of Object.entries(CASES)) {
  Deno.test(`inDecimal() has ${decimal ?? "nothing"} for "${text}"`, () => {
    assertEquals(inDecimal(text), decimal);
  });
}

Deno.test("inDecimal() does not look through a text that is longer than any number", () => {
  assertEquals(inDecimal(`${"0".repeat(100)}1`), undefined);
  for (const piece of ["0", "1", "1_", "1,"]) {
    for (const end of ["", "x", "e", "!"]) {
      assertEquals(inDecimal(piece.repeat(1_000_000) + end), undefined);
    }
  }
});

Deno.test("decimalHint() ends a sentence that says what was expected", () => {
  assertEquals(decimalHint("0x10"), ", in decimal: 16");
  assertEquals(decimalHint("16"), "");
});
