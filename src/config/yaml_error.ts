/**
 * An error in a YAML text, with its place.
 *
 * @module
 */

import { printable } from "../base/printable.ts";

/** A YAML text that cannot be a config. */
export class YamlError extends SyntaxError {
  override name = "YamlError";

  /** @param offset Where in the text, in UTF-16 code units. */
  constructor(message: string, readonly offset: number) {
    super(message);
  }
}

export function tabError(offset: number): YamlError {
  return new YamlError("a tab in the indentation; use spaces", offset);
}

export function keyError(offset: number): YamlError {
  return new YamlError("a key must be plain text", offset);
}

export function tagError(name: string, offset: number): YamlError {
  const shown = printable(`!${name}`, 40);
  return new YamlError(`the tag "${shown}" is not supported`, offset);
}

export function documentError(offset: number): YamlError {
  return new YamlError("a second document; a config file has only one", offset);
}
