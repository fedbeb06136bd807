/**
 * The white space of a YAML text, and where its lines end. Places are offsets.
 *
 * @module
 */

const EOL = /[\r\n]/g;

/** Whether white space or the end of the text is there. */
export function isSpace(text: string, at: number): boolean {
  const char = text[at];
  return char === " " || char === "\n" || char === undefined ||
    char === "\t" || char === "\r";
}

/** Whether nothing but a comment is left of the line. */
export function isEndOfLine(text: string, at: number): boolean {
  const char = text[at];
  return char === undefined || char === "\n" || char === "\r" ||
    (char === "#" && isSpace(text, at - 1));
}

/** Whether `---` or `...` is there. */
export function isDocumentMark(text: string, at: number): boolean {
  return (text.startsWith("---", at) || text.startsWith("...", at)) &&
    isSpace(text, at + 3);
}

/** The first tab from `start` to `end`, or -1. */
export function tabIn(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text[at] !== "\t") at++;
  return at < end ? at : -1;
}

/** The first place that is neither a space nor a tab. */
export function endOfSpace(text: string, at: number): number {
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** Where the line ends. */
export function endOfLine(text: string, from: number): number {
  EOL.lastIndex = from;
  return EOL.exec(text)?.index ?? text.length;
}
