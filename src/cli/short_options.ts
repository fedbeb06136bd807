/**
 * Expands options of one letter, such as `-c 5`, to the long ones.
 *
 * @module
 */

/** Options for {@linkcode expandShort}. */
export interface ShortOptions {
  /** The long name of each letter. */
  readonly short: Readonly<Record<string, string>>;
  /** The long names of the options that take a value. */
  readonly valued: readonly string[];
}

/**
 * Writes every option and its value as one: `--count 5` as `--count=5`, and the
 * options of one letter: `-q` as `--quiet`, `-c 5` and `-c5` as
 * `--count=5`, `-qc 5` as both. A lone `-` is a value. What is no known option stays as it is,
 * for whoever reads the long ones to report.
 */
export function expandShort(
  args: readonly string[],
  { short, valued }: ShortOptions,
): string[] {
  const expanded: string[] = [];
  for (let i = 0; i < args.length; i++) {
    if (args[i] === "--") return [...expanded, ...args.slice(i)];
    const letters = /^-([^-].*)$/s.exec(args[i])?.[1] ?? "";
    const options = readLetters(letters, short, valued) ?? [args[i]];
    // Its value may be the next argument, unless that is an option too.
    const last = options.at(-1)!;
    const isValued = last.startsWith("--") && valued.includes(last.slice(2));
    if (isValued && isValue(args[i + 1])) {
      options.push(`${options.pop()}=${args[++i]}`);
    }
    expanded.push(...options);
  }
  return expanded;
}

/** The long options that the letters of one argument stand for, or nothing when one is not known. */
function readLetters(
  letters: string,
  short: Readonly<Record<string, string>>,
  valued: readonly string[],
): string[] | undefined {
  const options: string[] = [];
  for (let at = 0; at < letters.length; at++) {
    if (!Object.hasOwn(short, letters[at])) return undefined;
    const name = short[letters[at]];
    const rest = letters.slice(at + 1);
    if (valued.includes(name) && rest !== "") {
      return [...options, `--${name}=${rest}`];
    }
    options.push(`--${name}`);
  }
  return options.length > 0 ? options : undefined;
}

function isValue(argument: string | undefined): argument is string {
  return argument === "-" || argument?.startsWith("-") === false;
}
