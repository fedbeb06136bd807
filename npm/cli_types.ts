/**
 * Types of `parseArgs`: what they say of an option is what `@std/cli` says.
 *
 * @module
 */

/** Other names of options. */
export type Aliases = Record<string, string | readonly string[] | undefined>;
/** Values of options that are not given. */
export type Defaults = Record<string, unknown>;

/** Options for {@linkcode parseArgs}. */
export interface ParseOptions<
  B extends string = string,
  S extends string = string,
  C extends string = string,
  A extends Aliases | undefined = Aliases | undefined,
  D extends Defaults | undefined = Defaults | undefined,
  DD extends boolean | undefined = boolean | undefined,
> {
  /** Whether what follows `--` goes to `["--"]` of the result instead of `_`. */
  "--"?: DD;
  /** Other names of options. */
  alias?: A;
  /** Names of options without a value: `true` if given, else `false`. */
  boolean?: B | readonly B[];
  /** Names of options with a list of values: `[]` if not given. */
  collect?: C | readonly C[];
  /** Values of options that are not given. */
  default?: D;
  /** Whether everything after the first argument that is no option goes to `_`. */
  stopEarly?: boolean;
  /** Names of options whose value is never turned into a number. */
  string?: S | readonly S[];
  /**
   * Called for an argument that is no option (with the argument alone) and for
   * an option that is not declared; one that gets `false` is left out.
   */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** What the lists of names say about the result. */
export type Flags<B extends string, S extends string, C extends string> =
  & { [K in Exclude<B, C>]: boolean }
  & { [K in B & C]: boolean[] }
  & { [K in Exclude<S, C>]?: string }
  & { [K in S & C]: string[] }
  & { [K in Exclude<C, B | S>]: unknown[] };

/** Flags, where those with a default are never undefined. */
export type WithDefaults<F, D> = D extends Defaults ?
    & Omit<F, keyof D>
    & {
      [K in keyof D]: K extends keyof F ? D[K] | NonNullable<F[K]> : unknown;
    }
  : F;

type NamesOf<K, A> = K extends keyof A ? A[K] extends string ? K | A[K]
  : A[K] extends readonly string[] ? K | A[K][number]
  : K
  : K;

/** Flags, under their other names too. */
export type WithAliases<F, A> = { [K in keyof F as NamesOf<K, A>]: F[K] };

/** What {@linkcode parseArgs} returns. */
export type Args<
  // deno-lint-ignore no-explicit-any
  F = Record<string, any>,
  DD extends boolean | undefined = undefined,
> =
  & F
  & {
    /** The arguments that are no options. */
    _: (string | number)[];
  }
  & (true extends DD ? { /** What followed `--`. */ "--": string[] } : unknown);
