/**
 * Quotes: from the text of a file to the bytes to send, and the choice of the next one.
 *
 * @module
 */

import { nextTurn } from "../base/time.ts";

/** RFC 865 asks for less than 512 characters; counted in bytes, so that it holds for a UDP datagram too. */
export const MAX_QUOTE_BYTES = 511;

/** How a quotes file is divided: by lines that hold only `%`, or one quote a line. */
export type QuoteFormat = "fortune" | "lines";

/** Which quote is next. `daily`: the same one all day, in UTC. */
export type QuotePick = "daily" | "random" | "sequential";

/** Quotes ready to send: a list, or what stands for one. */
export interface QuoteList {
  readonly length: number;
  at(index: number): Uint8Array | undefined;
}

/** Quotes ready to send, and how many were left out because they are too long. */
export interface Quotes {
  readonly quotes: QuoteList;
  readonly tooLong: number;
}

/** How long encoding may keep the program busy before others have their turn. */
const MOST_MS = 5;
const MS_PER_DAY = 24 * 60 * 60 * 1000;
const encoder = new TextEncoder();

/**
 * Divides the text of a quotes file into quotes.
 *
 * In the fortune format this follows `strfile(1)`: a line that holds only `%`
 * ends a quote, and there are no empty quotes.
 */
export function* splitQuotes(
  text: string,
  format: QuoteFormat,
): Generator<string> {
  const divider = format === "fortune" ? /^%\r?(?:\n|$)/mg : /\r?\n/g;
  let start = 0;
  // One after the other: a list of a million texts takes many times the file.
  for (const { 0: { length }, index } of text.matchAll(divider)) {
    const quote = text.slice(start, index);
    if (quote.trim() !== "") yield quote;
    start = index + length;
  }
  const rest = text.slice(start);
  if (rest.trim() !== "") yield rest;
}

/** Encodes quotes as they go out: UTF-8, every line ended by CRLF, those longer than {@linkcode MAX_QUOTE_BYTES} left out. */
export async function encodeQuotes(texts: Iterable<string>): Promise<Quotes> {
  const quotes = new PackedQuotes();
  let tooLong = 0;
  let since = performance.now();
  for (const text of texts) {
    if (!quotes.add(text)) tooLong++;
    // A million quotes take seconds; meanwhile clients of other services want answers.
    if (performance.now() - since > MOST_MS) {
      await nextTurn();
      since = performance.now();
    }
  }
  quotes.trim();
  return { quotes, tooLong };
}

/** Quotes in one piece of memory, one after the other: an object for each would take many times its content. */
class PackedQuotes implements QuoteList {
  #bytes = new Uint8Array(4096);
  /** Where each quote ends. */
  #ends = new Uint32Array(64);
  #length = 0;
  #used = 0;
  #last = this.#bytes;
  #lastIndex = -1;

  get length(): number {
    return this.#length;
  }

  at(index: number): Uint8Array {
    // The quote of the day is the same one all day.
    if (index !== this.#lastIndex) {
      const start = index === 0 ? 0 : this.#ends[index - 1];
      this.#last = this.#bytes.subarray(start, this.#ends[index]);
      this.#lastIndex = index;
    }
    return this.#last;
  }

  /** Adds a quote, unless it is too long. */
  add(text: string): boolean {
    let end = text.length;
    while (text[end - 1] === "\n" || text[end - 1] === "\r") end--;
    // A character is a byte at least.
    if (end > MAX_QUOTE_BYTES) return false;
    const lines = text.slice(0, end).split(/\r?\n/).join("\r\n") + "\r\n";
    this.#makeRoom(3 * lines.length);
    const { written } = encoder.encodeInto(
      lines,
      this.#bytes.subarray(this.#used),
    );
    if (written > MAX_QUOTE_BYTES) return false;
    this.#used += written;
    this.#ends[this.#length++] = this.#used;
    return true;
  }

  /** Frees unused memory. */
  trim(): void {
    this.#bytes = this.#bytes.slice(0, this.#used);
    this.#ends = this.#ends.slice(0, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes > this.#bytes.length) {
      const before = this.#bytes;
      this.#bytes = new Uint8Array(2 * (this.#used + bytes));
      this.#bytes.set(before);
    }
    if (this.#length === this.#ends.length) {
      const before = this.#ends;
      this.#ends = new Uint32Array(2 * this.#length);
      this.#ends.set(before);
    }
  }
}

/**
 * Makes the function that gives the next quote.
 *
 * @param quotes At least one quote.
 * @param count Gives 0, 1, 2 and so on; `sequential` goes by it.
 * @param now The time in milliseconds since the epoch; `daily` goes by its UTC day.
 */
export function quotePicker(
  quotes: QuoteList,
  pick: QuotePick,
  count: () => number,
  now: () => number = Date.now,
): () => Uint8Array {
  switch (pick) {
    case "daily":
      return () => quotes.at(Math.floor(now() / MS_PER_DAY) % quotes.length)!;
    case "random":
      return () => quotes.at(Math.floor(Math.random() * quotes.length))!;
    case "sequential":
      return () => quotes.at(count() % quotes.length)!;
  }
}
