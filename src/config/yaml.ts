/**
 * From a YAML text to its value, and to the same words where it has none,
 * whichever parser mynah is built with.
 *
 * The only file that knows `@std/yaml`.
 *
 * @module
 */

import { parse, YamlSyntaxError } from "@std/yaml";
import { wordsFor } from "./yaml_errors.ts";
import { scanYaml } from "./yaml_scan.ts";
import { YamlError } from "./yaml_error.ts";
import type { YamlBounds } from "./yaml_structure.ts";

export { YamlError };

/**
 * Reads a YAML text. Every scalar is a text: what of them is a number is for the
 * settings to say. Merge keys (`<<`) are keys like any other.
 *
 * @throws {YamlError} When it is not YAML, or holds what a config may not hold.
 */
export function parseYaml(text: string, bounds: YamlBounds): unknown {
  scanYaml(text, bounds);
  try {
    return parse(text, { schema: "failsafe" });
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    const words = `not valid YAML: ${wordsFor(error.message)}`;
    throw new YamlError(words, error.offset);
  }
}

/** Writes a place in a text for people: `line 3, column 7`. */
export function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}
