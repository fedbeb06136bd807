/**
 * Other people's programs in tests.
 *
 * @module
 */

/** What a program printed, and how it ended. */
export interface Result {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly text: string;
  readonly stderr: string;
}

/** Runs a program with some input, at most `ms` long. */
export async function run(
  [program, ...args]: readonly string[],
  input: string | Uint8Array = "",
  ms = 20_000,
): Promise<Result> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(ms),
  }).spawn();
  const writing = write(child.stdin, input);
  const { code, stdout, stderr } = await child.output();
  await writing;
  const decoder = new TextDecoder();
  return {
    code,
    stdout,
    text: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/**
 * Runs a program as a person does who types a line and waits for the answer:
 * its input ends only when its output matches. At most `ms` long.
 */
export async function converse(
  [program, ...args]: readonly string[],
  input: string,
  answer: RegExp,
  ms = 20_000,
): Promise<string> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(ms),
  }).spawn();
  const stdin = child.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(input));
  // What has ended by itself, or was told to before, has closed it.
  const endInput = () => stdin.close().catch(() => {});
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (answer.test(text)) await endInput();
  }
  await endInput();
  await child.status;
  return text;
}

async function write(
  stdin: WritableStream<Uint8Array>,
  input: string | Uint8Array,
): Promise<void> {
  const bytes = typeof input === "string"
    ? new TextEncoder().encode(input)
    : input;
  const writer = stdin.getWriter();
  try {
    await writer.write(bytes);
    await writer.close();
  } catch (error) {
    // It ended without reading all of its input: its output says what came of it.
    const ended = error instanceof Deno.errors.BrokenPipe ||
      error instanceof TypeError && /closed or errored/.test(error.message);
    if (!ended) throw error;
  }
}

/** A command line as a shell reads it. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/** Runs a command line on a terminal of its own; needs "script". */
export function onTerminal(words: readonly string[]): string[] {
  return ["script", "-qec", shellLine(words), "/dev/null"];
}
