/**
 * `parse` of `@std/yaml` over js-yaml, from which it stems.
 *
 * @module
 */

// @ts-types="npm:@types/js-yaml@4.0.9"
import * as yaml from "js-yaml";

// js-yaml writes octal numbers 0o17 and has no digit groups (1_000); @std/yaml
// kept 017 and 1_000 of YAML 1.1, and reads 0o17 and 09 as text.
const INTEGER = /^[-+]?0(?:b[01_]*[01]|x[\da-fA-F_]*[\da-fA-F]|[0-7_]*[0-7])?$/;
const FLOATS = [
  /^[-+]?(?:0|[1-9][\d_]*)(?:\.[\d_]*)?(?:[eE][-+]?\d+)?(?<!_)$/,
  /^\.[\d_]+(?:[eE][-+]?\d+)?(?<!_)$/,
  /^[-+]?\.(?:inf|Inf|INF)$/,
  /^\.(?:nan|NaN|NAN)$/,
];

const schema = yaml.DEFAULT_SCHEMA.extend({
  implicit: [
    numberType("int", [INTEGER], toInteger),
    numberType("float", FLOATS, toFloat),
  ],
});

/**
 * The value that a YAML document describes; `null` for an empty one.
 *
 * @throws {SyntaxError} With line and column in the message, if the text is not one YAML document.
 */
export function parse(content: string): unknown {
  try {
    return yaml.load(content, { schema }) ?? null;
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    const { reason, mark } = error;
    const place = mark &&
      ` at line ${mark.line + 1}, column ${mark.column + 1}`;
    throw new SyntaxError(`${reason}${place ?? ""}`);
  }
}

function numberType(
  name: string,
  patterns: RegExp[],
  construct: (text: string) => number,
): yaml.Type {
  const resolve = (text: unknown) =>
    typeof text === "string" && patterns.some((pattern) => pattern.test(text));
  const tag = `tag:yaml.org,2002:${name}`;
  return new yaml.Type(tag, { kind: "scalar", resolve, construct });
}

function toInteger(text: string): number {
  const digits = text.replace(/^[-+]/, "").replaceAll("_", "");
  const value = Number(digits.replace(/^0(?=\d)/, "0o"));
  return text.startsWith("-") ? 0 - value : value; // -0 is 0
}

function toFloat(text: string): number {
  const plain = text.replaceAll("_", "").toLowerCase();
  return plain === ".nan" ? NaN : Number(plain.replace(".inf", "Infinity"));
}
