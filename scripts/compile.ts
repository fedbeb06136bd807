/**
 * `deno task compile [--frozen] [--target TRIPLE] [--output FILE]`: makes the
 * executable with this Deno and the runtime that it downloads. `--frozen`, for
 * releases, refuses to go on where the imports are not those of the lock file.
 */
import { parseArgs } from "node:util";
import {
  BUNDLE,
  bundleArguments,
  compileArguments,
  ignoreMissing,
  importFlags,
} from "./compile_options.ts";
import { reasonOf } from "../src/base/reason.ts";

/**
 * Passes `deno compile`'s messages on to stderr as they come, up to the first
 * error. Returns the rest, since an error of the download is a page long.
 */
async function passOnProgress(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  let held = "";
  for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
    held += text;
    const error = held.search(/^error: /m);
    const end = error === -1 ? held.length : error;
    await Deno.stderr.write(new TextEncoder().encode(held.slice(0, end)));
    held = held.slice(end);
  }
  return held;
}

/** Joins the modules. Returns the exit code of `deno bundle`. */
async function bundle(frozen: boolean): Promise<number> {
  await Deno.remove(BUNDLE, { recursive: true }).catch(ignoreMissing);
  const flags = await importFlags();
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: bundleArguments([
      ...flags,
      ...(frozen && !flags.includes("--frozen") ? ["--frozen"] : []),
    ]),
    stderr: "inherit",
  }).output();
  return code;
}

/**
 * Compiles as the command line `args` says.
 *
 * @returns the exit code of `deno bundle` or `deno compile`
 * @throws {TypeError} if an argument is unknown or lacks its value
 * @throws {Error} if the runtime cannot be downloaded
 */
export async function compile(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      frozen: { type: "boolean", default: false },
      target: { type: "string" },
      output: { type: "string" },
    },
  });
  const bundled = await bundle(values.frozen);
  if (bundled !== 0) return bundled;
  const child = new Deno.Command(Deno.execPath(), {
    args: compileArguments(values),
    env: { NO_COLOR: "1" }, // its messages are read below
    stderr: "piped",
  }).spawn();
  const error = await passOnProgress(child.stderr);
  const { code } = await child.status;
  const download = error.match(/Setting up base binary\.\s+1: (.*)/);
  if (download) {
    throw new Error(
      `Cannot download the runtime for ${values.target ?? Deno.build.target}` +
        ` (${download[1]}); where only the npm registry can be reached,` +
        ` use "deno task compile:npm" (Linux x64)`,
    );
  }
  console.error(error);
  return code;
}

if (import.meta.main) {
  Deno.chdir(new URL("..", import.meta.url));
  try {
    Deno.exit(await compile(Deno.args));
  } catch (error) {
    console.error(reasonOf(error));
    Deno.exit(1);
  }
}
