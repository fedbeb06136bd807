/**
 * Reads options from arguments, with an error for everything unknown.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { didYouMean } from "../base/did_you_mean.ts";
import { printable } from "../base/printable.ts";
import { UsageError } from "./command.ts";
import { expandShort } from "./short_options.ts";

/** The options that a command takes; every command also takes `-h` and `--help`. */
export interface OptionNames {
  /** Options with a value. */
  readonly string?: readonly string[];
  /** Options with a value that may be given more than once. */
  readonly collect?: readonly string[];
  /** Options without a value. */
  readonly boolean?: readonly string[];
  /** Letters that stand for options, with the names of those. */
  readonly short?: Readonly<Record<string, string>>;
  /** How many arguments besides options, at the most. */
  readonly positional?: number;
}

/** Arguments, read. */
export interface Options {
  readonly string: Readonly<Record<string, string | undefined>>;
  readonly collect: Readonly<Record<string, readonly string[]>>;
  readonly boolean: Readonly<Record<string, boolean>>;
  readonly positional: readonly string[];
}

/**
 * Reads the arguments of a command.
 *
 * @throws {UsageError} For an unknown option, a value that is missing, an option given twice, or an argument too many.
 */
export function readOptions(
  given: readonly string[],
  { string = [], collect = [], boolean = [], short = {}, positional = 0 }:
    OptionNames,
): Options {
  const valued = [...string, ...collect];
  const args = expandShort(given, { short, valued });
  const known = [...valued, ...boolean, "help"];
  const options = beforeDashes(args);
  for (const argument of options) {
    if (argument.startsWith("-") && argument !== "-") {
      checkOption(argument, known, valued);
    }
  }
  const parsed = parseArgs(args, {
    string: ["_", ...valued],
    boolean: [...boolean, "help"],
    collect: valued,
  }) as Record<string, unknown> & { _: (string | number)[] };

  const rest = parsed._.map(String);
  if (rest.length > positional) {
    throw new UsageError(
      `Unexpected argument "${printable(rest[positional])}"`,
    );
  }
  const values = (name: string) => parsed[name] as string[];
  for (const name of string) {
    if (values(name).length > 1) {
      throw new UsageError(`Option "--${name}" is given twice`);
    }
  }
  return {
    string: pick(string, (name) => values(name).at(0)),
    collect: pick(collect, values),
    // Not what the parser says: it takes `--no-x` for the opposite of `--x`.
    boolean: pick(boolean, (name) => options.includes(`--${name}`)),
    positional: rest,
  };
}

/** Before the arguments are read, since of `--no-x` and `--_` the reading makes something else. */
function checkOption(
  argument: string,
  known: readonly string[],
  valued: readonly string[],
): void {
  const [option, value] = argument.split(/=(.*)/s);
  const name = option.slice(2);
  if (!option.startsWith("--") || !known.includes(name)) {
    const suggestion = didYouMean(option, known.map((name) => `--${name}`));
    throw new UsageError(`Unknown option "${printable(option)}"${suggestion}`);
  }
  if (!value && valued.includes(name)) {
    throw new UsageError(`Option "${option}" needs a value`);
  }
  if (value !== undefined && !valued.includes(name)) {
    throw new UsageError(`Option "${option}" takes no value`);
  }
}

/** The arguments up to `--`, after which there are no options. */
export function beforeDashes(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return end === -1 ? args : args.slice(0, end);
}

function pick<T>(
  names: readonly string[],
  value: (name: string) => T,
): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}
