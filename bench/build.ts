/**
 * Makes what the bench runs, in dist/bench: the load generator, the peers, mynah,
 * and the bare Deno programs with the very runtime that is in mynah.
 *
 * @module
 */

import { PERMISSIONS } from "../scripts/permissions.ts";
import { importFlags } from "../scripts/compile_options.ts";
import { compileNpm } from "../scripts/compile_npm.ts";
import { run, which } from "./process.ts";
import { reasonOf } from "../src/base/reason.ts";

/** Where everything lands. */
export const FOLDER = "dist/bench";

/** Something that is needed and cannot be made, with a message for whoever runs the bench. */
export class BuildError extends Error {
  override name = "BuildError";
}

/** How to run mynah, and on which Deno it runs. */
export interface Mynah {
  readonly command: readonly string[];
  readonly deno: string;
  readonly compiled: boolean;
}

function note(text: string): void {
  console.error(text);
}

async function must(
  command: readonly string[],
  env?: Record<string, string>,
): Promise<void> {
  const { code, stderr } = await run(command, { env });
  if (code !== 0) {
    throw new BuildError(`Cannot run "${command.join(" ")}":\n${stderr}`);
  }
}

/** When a file was last changed; 0 if there is none. */
function modified(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}

function isFresh(path: string, source: string): boolean {
  return modified(path) > modified(source);
}

/** Compiles a C program of bench/, and returns its path. */
export async function buildC(source: string): Promise<string> {
  const name = source.replace(/^.*\/|\.c$/g, "");
  const output = `${FOLDER}/${name}`;
  if (isFresh(output, source)) return output;
  const compiler = ["cc", "gcc", "clang"].find((name) => which(name));
  if (!compiler) {
    throw new BuildError(
      `Cannot build "${source}": no C compiler (cc, gcc or clang) is installed.\n` +
        "On Debian or Ubuntu: sudo apt-get install gcc libc6-dev",
    );
  }
  await must([compiler, "-O2", "-o", output, source]);
  return output;
}

/** Compiles a Go program, where Go is installed. */
export async function buildGo(source: string): Promise<string | undefined> {
  const output = `${FOLDER}/${source.replace(/^.*\/|\.go$/g, "")}`;
  if (isFresh(output, source)) return output;
  if (!which("go")) return;
  await must(["go", "build", "-o", output, source]);
  return output;
}

/** When any file in a folder was last changed. */
function lastChange(folder: string): number {
  return Math.max(
    ...Array.from(Deno.readDirSync(folder), ({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      return isDirectory ? lastChange(path) : modified(path);
    }),
  );
}

/** Finds dist/mynah, or makes it, or falls back to the source. */
export async function buildMynah(): Promise<Mynah> {
  const executable = "dist/mynah";
  try {
    if (modified(executable) === 0) await compileNpm([]);
    else if (modified(executable) < lastChange("src")) {
      note(`"${executable}" is older than the source: compile it again`);
    }
    const { stdout } = await run([executable, "version"]);
    const deno = stdout.match(/Deno ([\d.]+)/)?.[1] ?? "unknown";
    return { command: [executable], deno, compiled: true };
  } catch (error) {
    note(reasonOf(error));
    note("No executable: measuring mynah run from source, with this Deno");
  }
  const flags = await importFlags();
  return {
    command: [Deno.execPath(), "run", ...flags, ...PERMISSIONS, "main.ts"],
    deno: Deno.version.deno,
    compiled: false,
  };
}

/**
 * Compiles a Deno program the way mynah was: with the same Deno and the same
 * runtime. Nothing where that runtime is not to be had.
 */
export async function compileLike(
  { deno, compiled }: Mynah,
  source: string,
): Promise<string | undefined> {
  if (!compiled) return;
  const name = source.replace(/^.*\/|\.ts$/g, "");
  const output = `${FOLDER}/${name}-${deno}`;
  if (isFresh(output, source)) return output;
  const runtime = `dist/.cache/denort-${deno}`;
  const fromNpm = modified(runtime) > 0;
  if (!fromNpm && deno !== Deno.version.deno) return;
  const command = deno === Deno.version.deno
    ? [Deno.execPath()]
    : ["npx", "-y", `deno@${deno}`];
  const env: Record<string, string> = fromNpm
    ? { DENORT_BIN: runtime, DENO_TLS_CA_STORE: "system,mozilla" }
    : {};
  try {
    await must([
      ...command,
      "compile",
      "--no-check",
      "--no-config",
      "--unstable-net",
      "--no-prompt",
      "--allow-net",
      "--no-code-cache",
      "--output",
      output,
      source,
    ], env);
    return output;
  } catch (error) {
    note(`Cannot compile "${source}" with Deno ${deno}: ${error}`);
  }
}
