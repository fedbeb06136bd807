import { assertEquals, assertThrows } from "@std/assert";
import { decodeText } from "./text_file.ts";

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("decodeText() reads UTF-8 of every length", () => {
  const text = "a é 日 😀\r\n";
  assertEquals(decodeText(encode(text)), text);
  assertEquals(decodeText(new Uint8Array()), "");
});

Deno.test("decodeText() drops a byte order mark at the start alone", () => {
  assertEquals(decodeText(encode("\ufeffa\ufeff")), "a\ufeff");
});

Deno.test("decodeText() names the line of a NUL", () => {
  assertThrows(
    () => decodeText(encode("a\nb\0\n")),
    SyntaxError,
    "NUL byte in line 2",
  );
});

Deno.test("decodeText() names the line of the first byte that is not UTF-8", () => {
  const cases: [number[], number][] = [
    [[0xff], 1],
    [[0x61, 0x0a, 0xe9, 0x0a, 0x0a], 2], // "é" of Latin-1
    [[0x0a, 0x0a, 0x61, 0xe6, 0x97], 3], // cut off within a character
    [[0x0a, 0xc0, 0x80, 0x0a, 0xff], 2], // an overlong NUL
    [[0xed, 0xa0, 0x80], 1], // half of a surrogate pair
  ];
  for (const [bytes, line] of cases) {
    assertThrows(
      () => decodeText(Uint8Array.from(bytes)),
      SyntaxError,
      `invalid byte in line ${line}`,
    );
  }
});
