/**
 * Turns texts into numbers and booleans. In the file every value is a text; the
 * setting decides what it means, and not YAML, which reads `010` as 8,
 * `1_000` as 1000, and a name such as `1e3` as a number.
 *
 * @module
 */

import type * as v from "valibot";
import { isMapping } from "../base/strict_object.ts";

/** What is read of a valibot schema, whatever its type. */
interface Shape {
  readonly type: string;
  readonly wrapped?: Shape;
  readonly item?: Shape;
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly options?: readonly Shape[];
  /** The key whose value chooses among `options`. */
  readonly key?: string;
  readonly literal?: unknown;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/;

/** Turns each text into a number or a boolean where the schema takes no text; what it is not the text of stays a text. */
export function fromText(schema: v.GenericSchema, value: unknown): unknown {
  return convert(schema as unknown as Shape, value);
}

function convert(shape: Shape, value: unknown): unknown {
  const { wrapped, item, entries, options } = shape;
  if (wrapped) return convert(wrapped, value);
  if (options && typeof options[0] === "object") {
    return convertToOne(shape, options, value);
  }
  if (typeof value === "string") return convertText(shape, value);
  if (item && Array.isArray(value)) {
    return value.map((one) => convert(item, one));
  }
  return entries && isMapping(value) ? convertEach(entries, value) : value;
}

function convertToOne(
  { key }: Shape,
  options: readonly Shape[],
  value: unknown,
): unknown {
  if (key !== undefined) {
    const chosen = isMapping(value) &&
      options.find(({ entries }) => entries?.[key].literal === value[key]);
    // Of a type that is not known, what all types have in common is read too.
    return convert(chosen || options[0], value);
  }
  const takesText = options.some(({ type }) => type === "string");
  if (typeof value === "string" && takesText) return value;
  return options.reduce((value, option) => convert(option, value), value);
}

function convertText({ type }: Shape, text: string): unknown {
  if (type === "boolean") {
    return text === "true" || (text === "false" ? false : text);
  }
  if (type !== "number" || !NUMBER.test(text)) return text;
  // A longer one is beyond every limit, and is shown as it was written.
  return Number.isSafeInteger(Math.trunc(Number(text))) ? Number(text) : text;
}

function convertEach(
  entries: Readonly<Record<string, Shape>>,
  value: Record<string, unknown>,
): Record<string, unknown> {
  const converted = { ...value };
  for (const key of Object.keys(entries)) {
    if (Object.hasOwn(value, key)) {
      converted[key] = convert(entries[key], value[key]);
    }
  }
  return converted;
}
