/**
 * "Did you mean": the known name nearest to a mistyped one.
 *
 * @module
 */

import { closest, distance } from "fastest-levenshtein";

/** This many letters at the start of a name are enough to recognize it. */
const MIN_START = 4;

/** The known name that `name` was probably meant to be, or `undefined` when none is near. */
export function nearest(
  name: string,
  known: readonly string[],
): string | undefined {
  if (known.length === 0 || name.length > 64) return undefined;
  const start = name.toLowerCase();
  const longer = known.find((each) => each.startsWith(start));
  if (start.length >= MIN_START && longer !== undefined) return longer;
  const candidate = closest(name.toLowerCase(), known);
  const allowed = Math.max(2, Math.floor(candidate.length / 3));
  return distance(name.toLowerCase(), candidate) <= allowed
    ? candidate
    : undefined;
}

/** The same as the end of a sentence: `; did you mean "listen"?`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const candidate = nearest(name, known);
  return candidate === undefined ? "" : `; did you mean "${candidate}"?`;
}
