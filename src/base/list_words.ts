/**
 * Lists as they stand in a sentence.
 *
 * @module
 */

/** Writes alternatives: `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2
    ? words.join()
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
