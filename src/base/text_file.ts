/**
 * Text files that people wrote: UTF-8, or an error that says where they are not.
 *
 * @module
 */

const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes a text file. A byte order mark is dropped.
 *
 * @throws {SyntaxError} Where the bytes are not UTF-8 or hold a NUL, with the line at which text stops.
 */
export function decodeText(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw new SyntaxError(
      `not a text file: NUL byte in line ${lineOf(bytes, nul)}`,
    );
  }
  try {
    return strictDecoder.decode(bytes);
  } catch {
    const line = lineOf(bytes, validLength(bytes));
    throw new SyntaxError(`not UTF-8 text: invalid byte in line ${line}`);
  }
}

function lineOf(bytes: Uint8Array, end: number): number {
  let line = 1;
  for (let i = 0; i < end; i++) if (bytes[i] === 0x0a) line++;
  return line;
}

/** How many bytes at the start are valid UTF-8, to within one character: found by halving, since decoders do not say. */
function validLength(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const decoder = new TextDecoder("utf-8", { fatal: true });
    try {
      decoder.decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return good;
}
