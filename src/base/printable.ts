/**
 * Makes text from outside safe in our own messages: control characters as escapes, and of bounded length.
 *
 * @module
 */

/** Controls, format characters (bidirectional marks, zero-width spaces), line separators, and halves of surrogate pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Shows the characters that a terminal would obey, or not show, as escapes: `\n`, `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeCharacter);
}

/** The same, cut to `most` characters. */
export function printable(text: string, most = 60): string {
  if (text.length <= most) return visible(text);
  // Not within a surrogate pair.
  return visible(text.slice(0, most).replace(/[\ud800-\udbff]$/, "")) + "…";
}

function escapeCharacter(char: string): string {
  const short = JSON.stringify(char).slice(1, -1);
  if (/^\\[a-z]$/.test(short)) return short;
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}
