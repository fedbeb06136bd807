/**
 * Reads a YAML text, with the same errors whichever parser mynah is built with.
 *
 * The only file that knows `@std/yaml`.
 *
 * @module
 */

import { parse, YamlSyntaxError } from "@std/yaml";
import { wordsFor } from "./parser_words.ts";
import { scanYaml } from "./yaml_scan.ts";
import { YamlError } from "./yaml_error.ts";
import type { YamlBounds } from "./yaml_structure.ts";

export { YamlError };

/**
 * Reads a YAML text. Every scalar is a text: the settings decide which ones are
 * numbers. Merge keys (`<<`) are keys like any other.
 *
 * @throws {YamlError} When it is not YAML, or holds what a config may not hold.
 */
export function parseYaml(text: string, bounds: YamlBounds): unknown {
  try {
    scanYaml(text, bounds);
    return parse(text, { schema: "failsafe" });
  } catch (error) {
    const words = error instanceof YamlError
      ? error.message
      : error instanceof YamlSyntaxError
      ? `not valid YAML: ${wordsFor(error.message)}`
      : undefined;
    if (words === undefined) throw error;
    const { offset } = error as YamlError | YamlSyntaxError;
    throw new YamlError(`${words}${hintFor(lineAt(text, offset))}`, offset);
  }
}

/** The start of a line with an IPv6 address in brackets and not in quotes: YAML takes it for a list. */
const BARE_IPV6 = /^[^"'#]*\[[\da-f.]*:[\da-f:.]*(?:%\w+)?\]/i;

/** A hint for a common mistake. */
function hintFor(line: string): string {
  return BARE_IPV6.test(line)
    ? "; an IPv6 address in brackets needs quotes"
    : "";
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return text.slice(start).split(/[\r\n]/, 1)[0];
}

/** Writes a place in a text for people: `line 3, column 7`. */
export function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}
