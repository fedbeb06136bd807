/**
 * From a YAML file to the value that it holds.
 *
 * @module
 */

import { readFile } from "../base/read_file.ts";
import { decodeText } from "../base/text_file.ts";
import { MergeError, mergeKeys } from "./merge_keys.ts";
import { ConfigError } from "./problems.ts";
import { findExcess } from "./value_bounds.ts";
import { parseYaml, placeOf, YamlError } from "./yaml.ts";

/** A hundred thousand IPv6 networks to deny fit; what is larger is some other file. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** A thousand services and a hundred thousand networks to deny fit. */
const MAX_VALUES = 150_000;
const MAX_DEPTH = 32;
/** What YAML has for a document without a value. */
const NOTHING: readonly unknown[] = [null, undefined, "~", "null"];

/**
 * Reads a config file.
 *
 * @param file The file's path, or the URL of one that comes with the program.
 * @param source The name of the file in errors.
 * @param signal Stops waiting for the writer of a pipe.
 * @returns Its bytes, for {@linkcode parseFile}.
 * @throws {ConfigError} When it cannot be read, or is larger than any config.
 */
export async function readConfig(
  file: string | URL,
  source: string,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readFile(file, MAX_FILE_BYTES, signal);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigError(source, [{ where: "", message: error.message }]);
  }
}

/**
 * Reads what a config file holds.
 *
 * @param source The name of the file in errors.
 * @returns What `parseConfig` takes: lists and mappings of texts, with `null` where there is nothing.
 * @throws {ConfigError} If it is not YAML, or larger than a config may be.
 */
export function parseFile(bytes: Uint8Array, source: string): unknown {
  return parseText(decode(bytes, source), source);
}

function decode(bytes: Uint8Array, source: string): string {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError(source, [{ where: "", message: error.message }]);
  }
}

function parseText(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = parseYaml(text, { depth: MAX_DEPTH, nodes: MAX_VALUES });
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const where = placeOf(text, error.offset);
    throw new ConfigError(source, [{ where, message: error.message }]);
  }
  if (NOTHING.includes(value)) {
    throw new ConfigError(source, [{
      where: "",
      message: "holds no settings",
    }]);
  }
  return withoutAliases(value, source);
}

/** Checks that a value is no larger than any config, and makes the merges in it. */
function withoutAliases(value: unknown, source: string): unknown {
  refuseExcess(value, source);
  try {
    const merged = mergeKeys(value, MAX_VALUES);
    refuseExcess(merged, source);
    return merged;
  } catch (error) {
    if (!(error instanceof MergeError)) throw error;
    throw new ConfigError(source, [error.problem]);
  }
}

function refuseExcess(value: unknown, source: string): void {
  const bounds = { depth: MAX_DEPTH, values: MAX_VALUES };
  const excess = findExcess(value, bounds);
  if (excess) throw new ConfigError(source, [excess]);
}
