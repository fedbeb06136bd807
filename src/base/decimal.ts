/**
 * Decimal numbers. `010` is 8 to one reader and 10 to another, so it is an error.
 *
 * @module
 */

/** Whole numbers without a sign: `0`, `7`, `1024`. */
export const DECIMAL = /^(?:0|[1-9]\d*)$/;

const OTHER_BASE = /^0(?:x[\da-f]+|o[0-7]+|b[01]+)$/i;
const LEADING_ZEROS = /^0+(?=\d)/;
const EXPONENT = /^(?:\d+\.?\d*|\.\d+)e[+-]?\d+$/i;

/** No number that anyone means is longer; to look through a long text takes the square of its length. */
const MOST_CHARACTERS = 64;

/**
 * The decimal form of a whole number that is not decimal: `16` for
 * `0x10`, `1000` for `1_000`, `10 (8 if it was octal)` for `010`. Nothing for a text
 * that is decimal already, or no whole number at all.
 */
export function inDecimal(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS || DECIMAL.test(text)) return undefined;
  const plain = text.replace(/^\+/, "").replace(/(?<=\w)[_,'](?=\w)/g, "");
  if (DECIMAL.test(plain)) return plain;
  if (OTHER_BASE.test(plain) || EXPONENT.test(plain)) {
    const value = Number(plain.toLowerCase());
    return Number.isSafeInteger(value) ? String(value) : undefined;
  }
  if (!/^\d+$/.test(plain)) return undefined;
  const decimal = plain.replace(LEADING_ZEROS, "");
  const octal = /^0[0-7]+$/.test(plain) ? String(parseInt(plain, 8)) : decimal;
  return octal === decimal ? decimal : `${decimal} (${octal} if it was octal)`;
}

/** The same as the end of a sentence that says what was expected: `, in decimal: 16`, or nothing. */
export function decimalHint(text: string): string {
  const decimal = inDecimal(text);
  return decimal === undefined ? "" : `, in decimal: ${decimal}`;
}
