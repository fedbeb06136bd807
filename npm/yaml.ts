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

/** What {@linkcode parse} throws. */
export class YamlSyntaxError extends SyntaxError {
  override name = "YamlSyntaxError";

  /** @param offset Where in the text. */
  constructor(message: string, readonly offset: number) {
    super(message);
  }
}

/**
 * The value that a YAML document describes; `null` for an empty one.
 *
 * @param schema `failsafe` reads every scalar as a text. The other one reads numbers as YAML 1.2 has them, where `@std/yaml` has 1.1's: for tests alone.
 * @throws {YamlSyntaxError} If the text is not one YAML document; the message ends with line and column.
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
    // Of several documents js-yaml does not say where the second begins.
    const { line, column, position } = mark ??
      { line: 0, column: 0, position: 0 };
    throw new YamlSyntaxError(
      `${reason} at line ${line + 1}, column ${column + 1}`,
      position,
    );
  }
}
