import { assert, assertEquals } from "@std/assert";
import { counter } from "../../tests/support/fakes.ts";
import {
  encodeQuotes,
  MAX_QUOTE_BYTES,
  type QuoteFormat,
  type QuoteList,
  quotePicker,
  splitQuotes,
} from "./quotes.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function split(text: string, format: QuoteFormat): string[] {
  return [...splitQuotes(text, format)];
}

function list(quotes: QuoteList): Uint8Array[] {
  return Array.from({ length: quotes.length }, (_, i) => quotes.at(i)!);
}

Deno.test("a fortune file is divided by lines that hold only %", () => {
  assertEquals(split("a\nb\n%\nc\n", "fortune"), ["a\nb\n", "c\n"]);
  assertEquals(split("a\r\n%\r\nc\r\n", "fortune"), ["a\r\n", "c\r\n"]);
  assertEquals(split("a\n%\nc\n%", "fortune"), ["a\n", "c\n"]);
});

Deno.test("a % with anything beside it does not divide a fortune file", () => {
  for (const text of ["100 %\n", "%%\nx\n", "% \nx\n", " %\nx\n", "%a\n"]) {
    assertEquals(split(text, "fortune"), [text]);
  }
});

Deno.test("a fortune file has no empty quotes", () => {
  assertEquals(split("%\n%\na\n%\n\n%\n \n%\n%\n", "fortune"), ["a\n"]);
  assertEquals(split("", "fortune"), []);
});

Deno.test("a file of lines has one quote a line, and none on a blank line", () => {
  assertEquals(split("a\n\n%\r\n  \nb b", "lines"), ["a", "%", "b b"]);
  assertEquals(split("\n\n", "lines"), []);
});

Deno.test("quotes go out with every line ended by CRLF", async () => {
  const { quotes, tooLong } = await encodeQuotes([
    "a",
    "b\nc\n",
    "d\r\n\ne\r\n\r\n",
  ]);
  assertEquals(list(quotes).map(decode), [
    "a\r\n",
    "b\r\nc\r\n",
    "d\r\n\r\ne\r\n",
  ]);
  assertEquals(tooLong, 0);
});

Deno.test("quotes go out as UTF-8", async () => {
  const { quotes } = await encodeQuotes(["Größe 日本 😀"]);
  assertEquals(decode(quotes.at(0)!), "Größe 日本 😀\r\n");
});

Deno.test("quotes of 511 bytes, line end included, are the longest", async () => {
  const fits = "x".repeat(MAX_QUOTE_BYTES - 2);
  const umlauts = "ü".repeat((MAX_QUOTE_BYTES - 3) / 2);
  const { quotes, tooLong } = await encodeQuotes([
    fits,
    `${fits}x`,
    umlauts,
    `${umlauts}ü`,
    "short",
  ]);
  assertEquals(list(quotes).map(({ length }) => length), [511, 510, 7]);
  assertEquals(tooLong, 2);
});

const QUOTES = ["a", "b", "c"].map((text) => new TextEncoder().encode(text));

Deno.test("daily gives one quote all day and the next at midnight UTC", () => {
  let now = Date.UTC(2024, 1, 28);
  const pick = quotePicker(QUOTES, "daily", counter(), () => now);
  const first = pick();
  now += DAY_MS - 1;
  assertEquals(pick(), first);
  const days = Array.from({ length: 3 }, () => {
    now += DAY_MS;
    return decode(pick());
  });
  assertEquals(days.sort(), ["a", "b", "c"]);
});

Deno.test("daily gives every server the same quote", () => {
  const now = () => Date.UTC(2030, 6, 1, 12);
  assertEquals(
    quotePicker(QUOTES, "daily", counter(), now)(),
    quotePicker(QUOTES, "daily", counter(), now)(),
  );
});

Deno.test("sequential goes round in the order of the file", () => {
  const pick = quotePicker(QUOTES, "sequential", counter());
  const picked = Array.from({ length: 7 }, () => decode(pick()));
  assertEquals(picked.join(""), "abcabca");
});

Deno.test("random gives every quote its turn, and nothing else", () => {
  const pick = quotePicker(QUOTES, "random", counter());
  // That one of three stays away for 500 picks: once in 10^87 runs.
  const picked = new Set(Array.from({ length: 500 }, () => decode(pick())));
  assertEquals([...picked].sort(), ["a", "b", "c"]);
});

Deno.test("a file of nothing but line ends and of one endless quote is no trouble", async () => {
  const text = "\n".repeat(1_000_000) + "a" + "\r\n".repeat(500_000);
  const { quotes, tooLong } = await encodeQuotes(split(text, "fortune"));
  assertEquals([quotes.length, tooLong], [0, 1]);
});

Deno.test("while many quotes are encoded, others have their turn", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++);
  const text = "a quote\n".repeat(200_000);
  const { quotes } = await encodeQuotes(splitQuotes(text, "lines"));
  clearInterval(timer);
  assertEquals(quotes.length, 200_000);
  assert(turns > 1, `${turns}`);
});
