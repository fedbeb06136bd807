/** The executable that is written where no other name is given. */

import { PERMISSIONS } from "./permissions.ts";
export const OUTPUT = "dist/mynah";

/**
 * Where the modules are joined: two folders deep, as those are that look for
 * `../../config`.
 */
export const BUNDLE = "dist/bundle";

/**
 * Lists the arguments for `deno` that join all modules into a few, to be run in
 * the root of the repository: mynah then starts in two thirds of the time, since
 * a module costs more to find and load than to run.
 *
 * @param imports flags that say where imports come from, of {@linkcode importFlags}
 */
export function bundleArguments(imports: readonly string[]): string[] {
  return [
    "bundle",
    ...imports,
    "--quiet",
    "--platform",
    "deno",
    // What only some commands need stays apart, to be loaded by them alone.
    "--code-splitting",
    "--outdir",
    BUNDLE,
    "main.ts",
    // Where threads begin: nothing imports them.
    "src/workers/thread.ts",
    "src/config/parse_thread.ts",
  ];
}

/** Options of {@linkcode compileArguments}. */
export interface CompileOptions {
  /** The executable to write; {@linkcode OUTPUT} if absent. */
  output?: string;
  /** The platform to compile for, as a target triple; the one at hand if absent. */
  target?: string;
}

/**
 * Lists the arguments for `deno` that compile what {@linkcode bundleArguments}
 * joined, to be run in the root of the repository. Every way of compiling uses
 * these, so that the executables differ in their runtime alone.
 */
export function compileArguments(
  { output = OUTPUT, target }: CompileOptions,
): string[] {
  return [
    "compile",
    ...(target === undefined ? [] : ["--target", target]),
    "--output",
    output,
    // Everything is in the bundle: no imports are left to resolve.
    "--no-config",
    "--no-check",
    "--unstable-net",
    ...PERMISSIONS,
    // The code cache is a file with a predictable name in the shared temporary
    // folder: whoever put it there first, the executable would load it.
    "--no-code-cache",
    // The default configuration, its quotes and the schema, read at run time.
    "--include",
    "config",
    "--include",
    BUNDLE,
    `${BUNDLE}/main.js`,
  ];
}

/**
 * Asks `scripts/imports.ts` for the flags that say where imports come from.
 *
 * @param registry the one to import from; if absent, the script decides
 * @throws {Error} if the script fails, after it has said why on stderr
 */
export async function importFlags(registry?: "jsr" | "npm"): Promise<string[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/imports.ts"],
    env: registry && { MYNAH_REGISTRY: registry },
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot compile: no registry to import from");
  return new TextDecoder().decode(stdout).split(/\s+/).filter(Boolean);
}

/** For removing what may not be there. */
export function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
