/**
 * The mappings of the config file: every unknown key is a separate problem.
 *
 * @module
 */

import * as v from "valibot";

/** Keys that valibot passes over, since other programs trip over them. */
const SKIPPED_KEYS = ["__proto__", "constructor", "prototype"];

/**
 * An object that takes only the keys in `entries`, and reports each other key
 * as an issue of type `never` whose message lists the known keys.
 *
 * `v.strictObject` stops at the first unknown key, and valibot's objects accept a
 * list or a date as an object and ignore keys such as `__proto__`. This one
 * reports all of them.
 *
 * @param expected What the config file should hold there, for the error message.
 */
export function strictObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
  expected: string,
) {
  const known = Object.keys(entries).join(", ");
  const schema = v.objectWithRest(entries, v.never(known), expected);

  const run: typeof schema["~run"] = (dataset, config) => {
    const input = dataset.value;
    if (!isMapping(input)) return schema["~run"]({ value: undefined }, config);
    const result = schema["~run"](dataset, config);
    for (const key of SKIPPED_KEYS) {
      if (!Object.hasOwn(input, key)) continue;
      const value = input[key];
      v._addIssue(schema.rest, "type", result, config, {
        input: value,
        path: [{ type: "object", origin: "value", input, key, value }],
      });
    }
    return result;
  };
  return { ...schema, "~run": run };
}

/**
 * A mapping whose keys the file chooses, each with a value of one kind.
 *
 * @param expected What the config file should hold there, for the error message.
 */
export function mappingOf<const Value extends v.GenericSchema>(
  { key, keyExpected, value }: {
    readonly key: RegExp;
    readonly keyExpected: string;
    readonly value: Value;
  },
  expected: string,
) {
  const schema = v.record(v.string(), value, expected);
  const run: typeof schema["~run"] = (dataset, config) => {
    const input = dataset.value;
    if (!isMapping(input)) return schema["~run"]({ value: undefined }, config);
    const result = schema["~run"](dataset, config);
    for (const name of Object.keys(input)) {
      if (key.test(name) && !SKIPPED_KEYS.includes(name)) continue;
      v._addIssue(schema, "key", result, config, {
        input: name,
        message: keyExpected,
        path: [{
          type: "object",
          origin: "key",
          input,
          key: name,
          value: name,
        }],
      } as never);
    }
    return result;
  };
  return { ...schema, "~run": run };
}

/** Whether a value is a mapping of the file: neither a list nor an object that only a program makes, such as a date. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
