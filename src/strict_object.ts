/**
 * The objects of the config file: every unknown key is a problem of its own.
 *
 * @module
 */

import * as v from "valibot";

/**
 * An object that takes only the keys in `entries`, and reports each other key
 * as an issue of type `never` whose message lists the known keys.
 * (`v.strictObject` stops at the first.)
 *
 * @param expected What the config file should hold there, for the error message.
 */
export function strictObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
  expected: string,
) {
  const known = Object.keys(entries).join(", ");
  return v.objectWithRest(entries, v.never(known), expected);
}
