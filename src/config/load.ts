/**
 * From a YAML file to the value that it holds.
 *
 * @module
 */

import { parse as parseYaml } from "@std/yaml";
import { printable } from "../base/printable.ts";
import { readFile } from "../base/read_file.ts";
import { decodeText } from "../base/text_file.ts";
import { MergeError, mergeKeys } from "./merge_keys.ts";
import { ConfigError } from "./problems.ts";

/** A thousand services fit; what is larger is some other file. */
const MAX_FILE_BYTES = 1024 * 1024;
/** Aliases of aliases make a small file huge ("billion laughs"): this many values with all of them written out. */
const MAX_VALUES = 100_000;
/** A text counts as one value for each so many characters: no file that fits gets near the limit by its text alone. */
const TEXT_PER_VALUE = 64;
/** The YAML parser's messages quote the file, which may hold a word of a megabyte. */
const MAX_SYNTAX_MESSAGE = 200;
const MAX_DEPTH = 32;
/** What YAML has for a document without a value. */
const NOTHING: readonly unknown[] = [null, undefined, "~", "null"];

/**
 * Reads a config file.
 *
 * @param file The file's path, or the URL of one that comes with the program.
 * @param source How a person knows the file, for the errors.
 * @param signal Ends the wait for the writer of a pipe.
 * @returns What it holds, for `parseConfig`: lists and mappings of texts, with `null` where there is nothing.
 * @throws {ConfigError} When it cannot be read, is not YAML, or is larger than any config.
 */
export async function loadConfig(
  file: string | URL,
  source: string,
  signal?: AbortSignal,
): Promise<unknown> {
  return parseText(await readText(file, source, signal), source);
}

async function readText(
  file: string | URL,
  source: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return decodeText(await readFile(file, MAX_FILE_BYTES, signal));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ConfigError(source, [{ where: "", message: error.message }]);
  }
}

function parseText(text: string, source: string): unknown {
  let value: unknown;
  try {
    // Texts alone: what of them is a number is for the settings to say, and the same whatever the parser.
    value = parseYaml(text, { schema: "failsafe" });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new ConfigError(source, [{
        where: "",
        message: "nested too deep",
      }]);
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new ConfigError(source, [fromYaml(error)]);
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
  const excess = findExcess(value);
  if (excess) throw new ConfigError(source, [{ where: "", message: excess }]);
}

/** YAML's errors end with "at line 3, column 7:" and a snippet of several lines; ours are one line, the place first. */
function fromYaml(error: Error): { where: string; message: string } {
  const match = /^(.*?),? at (line \d+, column \d+)/s.exec(error.message);
  const message = (match?.[1] ?? error.message).split("\n")[0];
  return {
    where: match?.[2] ?? "",
    message: `not valid YAML: ${printable(message, MAX_SYNTAX_MESSAGE)}`,
  };
}

/** Says in what way the value is larger than any config, or nothing. Aliases count as if they were written out. */
function findExcess(root: unknown): string | undefined {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  let problem: string | undefined;

  function size(value: unknown, depth: number): number {
    if (typeof value === "string") {
      return 1 + Math.floor(value.length / TEXT_PER_VALUE);
    }
    if (typeof value !== "object" || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) problem = "has an alias that contains itself";
    else if (depth > MAX_DEPTH) problem = "nested too deep";
    if (problem) return 1;
    open.add(value);
    let total = 1;
    for (const child of Object.values(value)) {
      total += size(child, depth + 1);
      if (problem) return 1;
    }
    open.delete(value);
    sizes.set(value, total);
    return total;
  }

  if (size(root, 0) > MAX_VALUES) {
    problem ??= "too large once its aliases are written out";
  }
  return problem;
}
