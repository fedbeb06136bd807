/**
 * What is wrong with a config file, all of it, in words.
 *
 * @module
 */

/** One thing that is wrong. */
export interface Problem {
  /** Where: `services[0].listen[1]`, `line 3, column 7`; empty for the file as a whole. */
  readonly where: string;
  /** What was found and what was expected. */
  readonly message: string;
}

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
    super(problems.map((problem) => formatProblem(source, problem)).join("\n"));
  }
}

function formatProblem(source: string, { where, message }: Problem): string {
  return where === ""
    ? `${source}: ${message}`
    : `${source}: ${where}: ${message}`;
}

/** Writes the keys that lead to a value as a person would: `services[0].listen[1]`. */
export function formatPath(path: readonly unknown[]): string {
  let text = "";
  for (const key of path) {
    if (typeof key === "number") text += `[${key}]`;
    else text += `${text === "" ? "" : "."}${printable(String(key))}`;
  }
  return text;
}

/** Says what a value is, in at most a short line. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return `"${printable(value)}"`;
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  }
  if (value instanceof Date) return "a date";
  const keys = Object.keys(value);
  return keys.length === 0
    ? "an empty mapping"
    : `a mapping with ${printable(keys.slice(0, 4).join(", "))}`;
}

const MAX_SHOWN = 60;

/** Cuts a text from outside to a bounded length, with control characters shown and not obeyed. */
export function printable(text: string): string {
  const shown = text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN) + "…" : text;
  // JSON escapes the C0 controls; the rest (DEL, C1, bidirectional marks) by hand.
  return JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"').replace(
    /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
