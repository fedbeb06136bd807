import { assertEquals } from "@std/assert";
import { SafeText, safeText } from "./safe_text.ts";

const encoder = new TextEncoder();

Deno.test("safeText() keeps line breaks and tabs", () => {
  assertEquals(safeText(encoder.encode("a\tb\r\nc\n")), "a\tb\nc\n");
});

Deno.test("safeText() shows what a terminal would obey", () => {
  const attack = "\x1b]0;owned\x07\x1b[2J\b\r\0\x9b1m\u202egnp.exe";
  assertEquals(
    safeText(encoder.encode(attack)),
    "\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\b\\r\\u{0}\\u{9b}1m\\u{202e}gnp.exe",
  );
});

Deno.test("safeText() marks bytes that are not UTF-8", () => {
  assertEquals(safeText(new Uint8Array([0x61, 0xff, 0x62])), "a\ufffdb");
});

Deno.test("SafeText puts together what was cut: a CRLF, and a character of four bytes", () => {
  const bytes = encoder.encode("a\r\n\u{1f99c}b\r");
  const text = new SafeText();
  const pieces = [...bytes].map((byte) => text.push(new Uint8Array([byte])));
  assertEquals(pieces.join("") + text.end(), "a\r\n\u{1f99c}b\\r");
});

Deno.test("SafeText shows half a character at the end", () => {
  const text = new SafeText();
  assertEquals(text.push(new Uint8Array([0xf0, 0x9f])), "");
  assertEquals(text.end(), "\ufffd");
});

Deno.test("SafeText keeps a byte order mark at the beginning, and shows it elsewhere", () => {
  const text = new SafeText();
  const bytes = encoder.encode("\ufeffa\r\n\ufeffb");
  assertEquals(text.push(bytes) + text.end(), "\ufeffa\r\n\\u{feff}b");
});
