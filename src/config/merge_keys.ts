/**
 * YAML's merge keys: `<<: *other` adds the keys that a mapping does not have itself.
 *
 * Done here and not by the YAML parser: one of the two that mynah is built with
 * takes minutes and gigabytes for a small file of nested merges.
 *
 * @module
 */

import { describe, formatPath, type Problem } from "./problems.ts";

const MERGE_KEY = "<<";

/** Why a file's merges cannot be made. */
export class MergeError extends Error {
  override name = "MergeError";

  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/**
 * Applies every merge in a value. If several mappings have a key, the first one
 * wins. A part that the value contains more than once is processed once.
 *
 * @param root Without an alias that contains itself.
 * @param maxKeys How many keys may be taken over in all.
 * @throws {MergeError} When there are more, or a merge key has no mapping.
 */
export function mergeKeys(root: unknown, maxKeys: number): unknown {
  const made = new Map<object, unknown>();
  const path: (string | number)[] = [];
  let keys = 0;

  function make(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (!made.has(value)) {
      made.set(value, Array.isArray(value) ? makeList(value) : merge(value));
    }
    return made.get(value);
  }

  function makeList(list: readonly unknown[]): unknown[] {
    return list.map((one, i) => within(i, () => make(one)));
  }

  function merge(mapping: object): Record<string, unknown> {
    const merged: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(mapping)) {
      if (key === MERGE_KEY) continue;
      define(merged, key, within(key, () => make(value)));
    }
    if (Object.hasOwn(mapping, MERGE_KEY)) {
      const sources = (mapping as Record<string, unknown>)[MERGE_KEY];
      within(MERGE_KEY, () => takeOver(sources, merged));
    }
    return merged;
  }

  function takeOver(sources: unknown, merged: Record<string, unknown>): void {
    for (const source of Array.isArray(sources) ? sources : [sources]) {
      if (typeof source !== "object" || !source || Array.isArray(source)) {
        throw new MergeError({
          where: formatPath(path),
          message: `found ${
            describe(source)
          }, expected a mapping, or a list of mappings, to merge`,
        });
      }
      for (const [key, value] of Object.entries(make(source) as object)) {
        if (++keys > maxKeys) {
          throw new MergeError({
            where: "",
            message: "too large once its merge keys are expanded",
          });
        }
        if (!Object.hasOwn(merged, key)) define(merged, key, value);
      }
    }
  }

  function within<T>(key: string | number, work: () => T): T {
    path.push(key);
    const result = work();
    path.pop();
    return result;
  }

  return make(root);
}

/** Sets a key, `__proto__` too. */
function define(
  mapping: Record<string, unknown>,
  key: string,
  value: unknown,
): void {
  Object.defineProperty(mapping, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
