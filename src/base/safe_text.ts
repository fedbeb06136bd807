/**
 * Makes text from a server safe to print on a terminal.
 *
 * @module
 */

import { printable, visible } from "./printable.ts";

const BYTE_ORDER_MARK = "\ufeff";

/** The length of an excerpt, in characters. */
const EXCERPT = 40;

/**
 * Turns bytes that arrive in pieces into text that is safe to print. Line breaks
 * (LF and CRLF), tabs and a byte order mark stay; other control characters, which could move the
 * cursor or rename the window, become escapes.
 */
export class SafeText {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #atStart = true;
  /** A CR at the end of a piece may be half of a CRLF. */
  #held = "";

  /** The text that is complete with this piece. */
  push(bytes: Uint8Array): string {
    return this.#show(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The rest after the last piece. */
  end(): string {
    const text = this.#show(this.#decoder.decode());
    const held = visible(this.#held);
    this.#held = "";
    return text + held;
  }

  #show(decoded: string): string {
    const text = this.#held + decoded;
    if (text === "") return "";
    this.#held = text.endsWith("\r") ? "\r" : "";
    // As far as no half of a CRLF is left alone.
    const whole = text.slice(0, text.length - this.#held.length);
    const mark = this.#atStart && whole.startsWith(BYTE_ORDER_MARK)
      ? BYTE_ORDER_MARK
      : "";
    this.#atStart = false;
    return mark +
      whole.slice(mark.length).replace(/(?:(?!\r?\n|\t)[^])+/g, visible);
  }
}

/** The same for bytes that are all there, as lines that end as the system's own do. */
export function safeText(bytes: Uint8Array): string {
  const text = new SafeText();
  return (text.push(bytes) + text.end()).replaceAll("\r\n", "\n")
    .replace(BYTE_ORDER_MARK, "");
}

/** The beginning of bytes on one line, for a message about them. */
export function excerpt(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 4 * EXCERPT));
  return printable(text, EXCERPT);
}
