/**
 * The problems of a config file, all of them, in words.
 *
 * @module
 */

import { printable, visible } from "../base/printable.ts";
import { inDecimal } from "../base/decimal.ts";

/** One thing that is wrong. */
export interface Problem {
  /** Where: `services[0].listen[1]`, `line 3, column 7`; empty for the file as a whole. */
  readonly where: string;
  /** What was found and what was expected. */
  readonly message: string;
}

/** The most problems to print: a file that is no config at all would have thousands. */
const MAX_PROBLEMS = 50;

/** A config that cannot be used. Its message holds every problem, one a line. */
export class ConfigError extends Error {
  override name = "ConfigError";

  /**
   * @param source Where the config came from, as a person knows it: a file name, `--service`.
   * @param problems At least one.
   */
  constructor(
    readonly source: string,
    readonly problems: readonly Problem[],
  ) {
    const lines = problems.slice(0, MAX_PROBLEMS).map(formatProblem);
    const more = problems.length - lines.length;
    if (more > 0) lines.push(`and ${more} more problems`);
    super(lines.map((line) => `${visible(source)}: ${line}`).join("\n"));
  }
}

function formatProblem({ where, message }: Problem): string {
  return where === "" ? message : `${where}: ${message}`;
}

/** A key that needs no quotes in a path. */
const PLAIN_KEY = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

/** Writes the keys that lead to a value as a person would: `services[0].listen[1]`, and an odd one as `["odd one"]`. */
export function formatPath(path: readonly unknown[]): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else if (typeof key !== "string" || !PLAIN_KEY.test(key)) {
      text += `["${printable(String(key))}"]`;
    } else text += `${text === "" ? "" : "."}${printable(key)}`;
  }
  return text;
}

/** Describes a value in a short line. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") {
    return isNumber(value) ? printable(value) : `"${printable(value)}"`;
  }
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  }
  const keys = Object.keys(value);
  return keys.length === 0
    ? "an empty mapping"
    : `a mapping with ${printable(keys.slice(0, 4).join(", "))}`;
}

/** Whether a text is what people write without quotes: every value of the file is a text. */
function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text) || inDecimal(text) !== undefined;
}
