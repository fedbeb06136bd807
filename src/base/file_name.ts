/**
 * The name of a file, as a setting.
 *
 * @module
 */

import * as v from "valibot";

/** The valibot schema of a file name; `description` says what the file holds. */
export function fileName(description: string) {
  return v.pipe(
    v.string("a file name"),
    v.title("file name"),
    v.minLength(1, "a file name"),
    v.description(description),
  );
}
