/**
 * `parse` and `stringify` of `@std/yaml`, over js-yaml, its ancestor. Stands in
 * for it where only npm can be reached.
 *
 * @module
 */
// @ts-types="npm:@types/js-yaml@4.0.9"
import * as yaml from "js-yaml";

/** Options for {@linkcode parse}. */
export interface ParseOptions {
  /** Whether the last of two equal keys wins; otherwise they are an error. */
  allowDuplicateKeys?: boolean;
}

// js-yaml writes octal numbers 0o17 and has no digit groups (1_000); @std/yaml
// kept 017 and 1_000 of YAML 1.1, and reads 0o17 and 09 as text.
const integer = new yaml.Type("tag:yaml.org,2002:int", {
  kind: "scalar",
  resolve: isInteger,
  construct: toInteger,
  predicate: (value) =>
    typeof value === "number" && value % 1 === 0 &&
    !Object.is(value, -0),
  represent: (value) => String(value),
});

const FLOATS = [
  /^[-+]?(?:0|[1-9][\d_]*)(?:\.[\d_]*)?(?:[eE][-+]?\d+)?$/,
  /^\.[\d_]+(?:[eE][-+]?\d+)?$/,
  /^[-+]?\.(?:inf|Inf|INF)$/,
  /^\.(?:nan|NaN|NAN)$/,
];

const float = new yaml.Type("tag:yaml.org,2002:float", {
  kind: "scalar",
  resolve: isFloat,
  construct: toFloat,
  predicate: (value) => typeof value === "number",
  represent: fromFloat,
});

// js-yaml quotes a text only where it would be read as something else;
// @std/yaml also wherever it holds an indicator.
const quoted = new yaml.Type("!quoted", {
  kind: "scalar",
  resolve: (text) => /[,:#[\]{}]/.test(text),
  predicate: () => false,
});

// js-yaml leaves undefined out; @std/yaml throws.
const refused = new yaml.Type("!refused", {
  kind: "scalar",
  resolve: () => false,
  predicate: (value) =>
    ["undefined", "function", "symbol", "bigint"].includes(typeof value),
  represent: (value) => {
    throw new TypeError(`Cannot stringify ${typeof value}`);
  },
});

/** How much of a long line an error shows on either side of the place. */
const REACH = 37;

const LINE_END = /[\0\r\n\x85\u2028\u2029]/;

const schema = yaml.DEFAULT_SCHEMA.extend({ implicit: [integer, float] });
const dumpSchema = schema.extend({ implicit: [quoted, refused] });

/**
 * The value that a YAML document describes, as `parse` of `@std/yaml`; `null`
 * for an empty one. Throws `SyntaxError`, with line and column in the message,
 * if the text is not one YAML document.
 */
export function parse(content: string, options: ParseOptions = {}): unknown {
  try {
    const json = options.allowDuplicateKeys;
    return yaml.load(content, { schema, json }) ?? null;
  } catch (error) {
    if (error instanceof yaml.YAMLException) throw toSyntaxError(error);
    throw error;
  }
}

/**
 * The YAML document for a value, as `stringify` of `@std/yaml`. Throws
 * `TypeError` for a value that YAML cannot express, such as a function.
 */
export function stringify(data: unknown): string {
  try {
    return yaml.dump(data, { schema: dumpSchema });
  } catch (error) {
    if (error instanceof yaml.YAMLException) throw new TypeError(error.reason);
    throw error;
  }
}

/** The message of js-yaml, with the place and the line as @std/yaml shows them. */
function toSyntaxError({ reason, mark }: yaml.YAMLException): SyntaxError {
  if (!mark) return new SyntaxError(reason);
  const before = mark.buffer.slice(0, mark.position).split(LINE_END).at(-1)!;
  const after = mark.buffer.slice(mark.position).split(LINE_END)[0];
  const head = before.length > REACH
    ? ` ... ${before.slice(5 - REACH)}`
    : before;
  const tail = after.length > REACH
    ? `${after.slice(0, REACH - 5)} ... `
    : after;
  return new SyntaxError(
    `${reason} at line ${mark.line + 1}, column ${mark.column + 1}:\n` +
      `    ${head}${tail}\n    ${" ".repeat(head.length)}^`,
  );
}

function isInteger(text: unknown): boolean {
  return typeof text === "string" &&
    /^[-+]?0(?:b[01_]*[01]|x[\da-fA-F_]*[\da-fA-F]|[0-7_]*[0-7])?$/.test(text);
}

function toInteger(text: string): number {
  const [, sign, base, digits] = /^([-+]?)0([bx]?)(.*)$/.exec(
    text.replaceAll("_", ""),
  )!;
  const value = parseInt(digits || "0", { b: 2, x: 16 }[base] ?? 8);
  return sign === "-" && digits ? -value : value;
}

function isFloat(text: unknown): boolean {
  return typeof text === "string" && !text.endsWith("_") &&
    FLOATS.some((float) => float.test(text));
}

function toFloat(text: string): number {
  const plain = text.replaceAll("_", "").toLowerCase();
  if (plain === ".nan") return NaN;
  return Number(plain.replace(".inf", "Infinity"));
}

function fromFloat(value: unknown): string {
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isNaN(value)) return ".nan";
  // YAML wants a dot in scientific numbers: 5e-100 is text there.
  return String(value).replace("Infinity", ".inf").replace(/^(-?\d+)e/, "$1.e");
}
