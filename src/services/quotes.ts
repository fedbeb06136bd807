/**
 * Quotes: from the text of a file to the bytes that go out, and which one is next.
 *
 * @module
 */

/** RFC 865 asks for less than 512 characters; counted in bytes, so that it holds for a UDP datagram too. */
export const MAX_QUOTE_BYTES = 511;

/** How a quotes file is divided: by lines that hold only `%`, or one quote a line. */
export type QuoteFormat = "fortune" | "lines";

/** Which quote is next. `daily`: the same one all day, in UTC. */
export type QuotePick = "daily" | "random" | "sequential";

/** Quotes ready to send, and how many were left out because they are too long. */
export interface Quotes {
  readonly quotes: readonly Uint8Array[];
  readonly tooLong: number;
}

const MS_PER_DAY = 24 * 60 * 60 * 1000;
const encoder = new TextEncoder();

/**
 * Divides the text of a quotes file into quotes.
 *
 * In the fortune format this follows `strfile(1)`: a line that holds only `%`
 * ends a quote, and there are no empty quotes.
 */
export function splitQuotes(text: string, format: QuoteFormat): string[] {
  const divider = format === "fortune" ? /^%\r?(?:\n|$)/m : /\r?\n/;
  return text.split(divider).filter((quote) => quote.trim() !== "");
}

/** Encodes quotes as they go out: UTF-8, every line ended by CRLF, those longer than {@linkcode MAX_QUOTE_BYTES} left out. */
export function encodeQuotes(texts: readonly string[]): Quotes {
  const encoded = texts.map(encodeQuote);
  const quotes = encoded.filter((quote) => quote.length <= MAX_QUOTE_BYTES);
  return { quotes, tooLong: encoded.length - quotes.length };
}

function encodeQuote(text: string): Uint8Array {
  const lines = text.replace(/[\r\n]+$/, "").split(/\r?\n/);
  return encoder.encode(lines.join("\r\n") + "\r\n");
}

/**
 * Makes the function that gives the next quote.
 *
 * @param quotes At least one quote.
 * @param count Gives 0, 1, 2 and so on; `sequential` goes by it.
 * @param now The time in milliseconds since the epoch; `daily` goes by its UTC day.
 */
export function quotePicker(
  quotes: readonly Uint8Array[],
  pick: QuotePick,
  count: () => number,
  now: () => number = Date.now,
): () => Uint8Array {
  switch (pick) {
    case "daily":
      return () => quotes[Math.floor(now() / MS_PER_DAY) % quotes.length];
    case "random":
      return () => quotes[Math.floor(Math.random() * quotes.length)];
    case "sequential":
      return () => quotes[count() % quotes.length];
  }
}
