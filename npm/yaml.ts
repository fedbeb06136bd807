/**
 * `parse` of `@std/yaml` over js-yaml, from which it stems.
 *
 * @module
 */

// @ts-types="npm:@types/js-yaml@4.0.9"
import * as yaml from "js-yaml";

const SCHEMAS = {
  failsafe: yaml.FAILSAFE_SCHEMA,
  default: yaml.DEFAULT_SCHEMA,
};

/**
 * The value that a YAML document describes; `null` for an empty one.
 *
 * @param schema `failsafe` reads every scalar as a text. The other one reads numbers as YAML 1.2 has them, where `@std/yaml` has 1.1's: for tests alone.
 * @throws {SyntaxError} With line and column in the message, if the text is not one YAML document.
 */
export function parse(
  content: string,
  { schema = "default" }: { schema?: "failsafe" | "default" } = {},
): unknown {
  try {
    return yaml.load(content, { schema: SCHEMAS[schema] }) ?? null;
  } catch (error) {
    if (!(error instanceof yaml.YAMLException)) throw error;
    const { reason, mark } = error;
    const place = mark &&
      ` at line ${mark.line + 1}, column ${mark.column + 1}`;
    throw new SyntaxError(`${reason}${place ?? ""}`);
  }
}
