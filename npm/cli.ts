/**
 * `parseArgs` of `@std/cli` over minimist, from which it stems: for options that
 * are declared, with names that do not begin with `no-`, each in one argument with
 * its value (`--name=value`).
 *
 * @module
 */

// @ts-types="npm:@types/minimist@1.2.5"
import minimist from "minimist";

/** Options for {@linkcode parseArgs}. */
export interface ParseOptions {
  /** Options without a value: `true` if given, else `false`. */
  boolean: string[];
  /** Options with a value, and `"_"` so that arguments stay texts. */
  string: string[];
  /** Options that give a list: all with a value. */
  collect: string[];
}

/** What was found, by name; under `_` what is no option. */
export type Args = Record<string, unknown> & { _: (string | number)[] };

/** Reads command line arguments, as `parseArgs` of `@std/cli`; the caller has made sure that every option is declared. */
export function parseArgs(args: string[], options: ParseOptions): Args {
  const { boolean, string, collect } = options;
  const found: Args = minimist(args, { boolean, string });
  for (const name of collect) found[name] = [found[name] ?? []].flat();
  return found;
}
