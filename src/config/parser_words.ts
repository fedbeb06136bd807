/** From what is in a parser's message to mynah's words; the first that fits counts. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/duplicated.*key/, "a duplicate key in one mapping"],
  [/non-printable|JSON character/, "a control character"],
  [/escape sequence|hexadecimal/, "an unknown escape after a backslash"],
  [/comma/, "no comma between two values in brackets"],
  [/directive/, 'no "---" after a directive'],
  [/block scalar|indentation width|chomping|line break/, "a bad block text"],
];

/** Says in mynah's words what the YAML parser says: of the two that it is built with, each has its own. */
export function wordsFor(parserMessage: string): string {
  const found = WORDS.find(([pattern]) => pattern.test(parserMessage));
  return found?.[1] ?? "unexpected text or indentation";
}
