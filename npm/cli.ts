/**
 * `parseArgs` of `@std/cli` for options that are declared `boolean`, `string`
 * or `collect`, by its rules. Left out: `negatable`, `boolean: true`, and
 * options with dots in their names. Stands in for it where only npm can be
 * reached.
 *
 * The rules are those of minimist, changed in so many places (`--no-x`,
 * `--x=`, `--x ""`, `-x -`, repeated options, what is a number, what `unknown`
 * gets) that wrapping minimist would take a second parser before it.
 *
 * @module
 */

import type {
  Aliases,
  Args,
  Defaults,
  Flags,
  ParseOptions,
  WithAliases,
  WithDefaults,
} from "./cli_types.ts";

export type { Args, ParseOptions };

/**
 * Reads command line arguments, as `parseArgs` of `@std/cli`. Throws nothing: an
 * option that is not declared is for `unknown` to report.
 */
export function parseArgs<
  B extends string = never,
  S extends string = never,
  C extends string = never,
  const A extends Aliases | undefined = undefined,
  D extends Defaults | undefined = undefined,
  DD extends boolean | undefined = undefined,
>(
  args: string[],
  options: ParseOptions<B, S, C, A, D, DD> = {},
): Args<
  [B | S | C] extends [never]
    // deno-lint-ignore no-explicit-any
    ? Record<string, any>
    :
      & Record<string, unknown>
      & WithAliases<WithDefaults<Flags<B, S, C>, D>, A>,
  DD
> {
  const end = args.indexOf("--");
  const rest = end < 0 ? [] : args.slice(end + 1);
  const parser = new Parser(options);
  parser.read(end < 0 ? args : args.slice(0, end));
  parser.fillIn(options.default ?? {});
  if (options["--"]) parser.result["--"] = rest;
  else parser.result._.push(...rest);
  return parser.result as ReturnType<typeof parseArgs<B, S, C, A, D, DD>>;
}

interface Result {
  _: (string | number)[];
  [key: string]: unknown;
}

class Parser {
  readonly result: Result = { _: [] };
  readonly #options: ParseOptions;
  readonly #aliases = new Map<string, Set<string>>();
  readonly #booleans: Set<string>;
  readonly #strings: Set<string>;
  readonly #lists: Set<string>;

  constructor(options: ParseOptions) {
    this.#options = options;
    for (const [name, value] of Object.entries(options.alias ?? {})) {
      const names = [name, ...list(value)];
      for (const one of names) {
        this.#aliases.set(one, new Set(names.filter((other) => other !== one)));
      }
    }
    this.#booleans = this.#withAliases(options.boolean);
    this.#strings = this.#withAliases(options.string);
    this.#lists = this.#withAliases(options.collect);
  }

  read(args: string[]): void {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      // A lone dash is an argument: it stands for standard input.
      if (arg.startsWith("-") && arg !== "-") {
        const usedNext = arg.startsWith("--")
          ? this.#long(arg, args[i + 1])
          : this.#short(arg, args[i + 1]);
        if (usedNext) i++;
        continue;
      }
      if (this.#options.unknown?.(arg) !== false) {
        this.result._.push(this.#strings.has("_") ? arg : numberOr(arg));
      }
      if (this.#options.stopEarly) {
        this.result._.push(...args.slice(i + 1));
        return;
      }
    }
  }

  fillIn(defaults: Record<string, unknown>): void {
    for (const [key, value] of Object.entries(defaults)) {
      if (Object.hasOwn(this.result, key)) continue;
      for (const name of this.#names(key)) this.result[name] = value;
    }
    for (const key of this.#booleans) {
      if (Object.hasOwn(this.result, key)) continue;
      this.result[key] = this.#lists.has(key) ? [] : false;
    }
    for (const key of this.#strings) {
      if (Object.hasOwn(this.result, key) || !this.#lists.has(key)) continue;
      this.result[key] = [];
    }
  }

  /** Reads `--key`, `--key=value` or `--key value`; whether `next` was used. */
  #long(arg: string, next: string | undefined): boolean {
    const [, no = "", key, value] = /^--(no-)?(.+?)(?:=(.+))?$/s.exec(arg)!;
    if (value) {
      this.#set(key, this.#booleans.has(key) ? value !== "false" : value, arg);
      return false;
    }
    return this.#setWithNext(no + key, next, arg, /^-/);
  }

  /** Reads `-abc`, `-n5`, `-k=value` or `-k value`; whether `next` was used. */
  #short(arg: string, next: string | undefined): boolean {
    for (let at = 1; at < arg.length - 1; at++) {
      const letter = arg[at];
      const tail = arg.slice(at + 1);
      if (tail === "-") {
        this.#set(letter, tail, arg);
        continue;
      }
      const value = valueInCluster(letter, tail);
      if (value !== undefined) {
        this.#set(letter, value, arg);
        return false;
      }
      this.#set(letter, this.#strings.has(letter) ? "" : true, arg);
    }
    const last = arg[arg.length - 1];
    return last !== "-" && this.#setWithNext(last, next, arg, /^--?[^-]/);
  }

  /** Sets an option to `next` if that can be its value. */
  #setWithNext(
    key: string,
    next: string | undefined,
    arg: string,
    noValue: RegExp,
  ): boolean {
    if (next && !this.#booleans.has(key) && !noValue.test(next)) {
      this.#set(key, next, arg);
      return true;
    }
    if (next === "true" || next === "false") {
      this.#set(key, next === "true", arg);
      return true;
    }
    this.#set(key, this.#strings.has(key) ? "" : true, arg);
    return false;
  }

  #set(key: string, value: string | boolean, arg: string): void {
    const declared = this.#booleans.has(key) || this.#strings.has(key) ||
      this.#aliases.has(key);
    if (!declared && this.#options.unknown?.(arg, key, value) === false) return;

    const typed = typeof value === "string" && !this.#strings.has(key)
      ? numberOr(value)
      : value;
    for (const name of this.#names(key)) {
      const values = this.result[name];
      if (!this.#lists.has(key)) this.result[name] = typed;
      else if (Array.isArray(values)) values.push(typed);
      else this.result[name] = [typed];
    }
  }

  #names(key: string): string[] {
    return [key, ...this.#aliases.get(key) ?? []];
  }

  #withAliases(names: string | readonly string[] | undefined): Set<string> {
    return new Set(list(names).flatMap((name) => this.#names(name)));
  }
}

/** What follows a letter in the same argument, if it is the letter's value. */
function valueInCluster(letter: string, tail: string): string | undefined {
  if (/[a-z]/i.test(letter)) {
    const assigned = /=(.+)/.exec(tail)?.[1];
    if (assigned) return assigned;
    if (/-?\d+(\.\d*)?(e-?\d+)?$/.test(tail)) return tail;
  }
  return tail.length > 1 && /\W/.test(tail[0]) ? tail : undefined;
}

function list(names: string | readonly string[] | undefined): string[] {
  return [names ?? []].flat().filter((name) => name !== "");
}

function numberOr(text: string): string | number {
  const value = Number(text);
  return /\S/.test(text) && Number.isFinite(value) ? value : text;
}
