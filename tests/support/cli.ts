/**
 * Commands of mynah that end by themselves.
 *
 * Runs the source, or with `MYNAH_BIN=dist/mynah` the executable: the same tests
 * hold for both.
 *
 * @module
 */

import { PERMISSIONS } from "../../scripts/permissions.ts";
import type { World } from "../../src/cli/command.ts";

/** Where the source is. */
export const root = new URL("../..", import.meta.url);

/** The program and first arguments that run mynah, or the source of another main file. */
export function mynahCommand(main?: string): [string, ...string[]] {
  const executable = Deno.env.get("MYNAH_BIN");
  if (executable && main === undefined) return [executable];
  const source = main ?? "main.ts";
  return [Deno.execPath(), "run", ...importFlags(), ...PERMISSIONS, source];
}

/** The command line for mynah, itself the last arguments of another program's if `through` names one. */
export function commandLine(
  through: readonly string[],
  args: readonly string[],
  main?: string,
): [string, string[]] {
  const [program, ...rest] = [...through, ...mynahCommand(main), ...args];
  return [program, rest];
}

/** The imports that this test run itself uses: JSR's, or the npm map's. */
export function importFlags(): string[] {
  // From JSR it is an address of the registry, or "jsr:" before Deno has looked it up.
  return import.meta.resolve("@std/yaml").startsWith("file:")
    ? ["--import-map=npm/import_map.json", "--lock=npm/deno.lock", "--frozen"]
    : [];
}

/** What a mynah that ran to its end left behind. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs mynah to its end: for commands that end by themselves. */
export async function runMynah(
  args: readonly string[],
  { cwd = root, env, stdin = "", through = [] }: {
    cwd?: string | URL;
    env?: Record<string, string>;
    stdin?: string;
    /** A program, such as `setpriv`, that runs the command line given to it. */
    through?: readonly string[];
  } = {},
): Promise<Finished> {
  const [program, rest] = commandLine(through, args);
  const child = new Deno.Command(program, {
    args: rest,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(new TextEncoder().encode(stdin));
  await input.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** Writes an address as the command line takes it. */
export function url({ transport, hostname, port }: Deno.NetAddr): string {
  return `${transport}://${hostname}:${port}`;
}

/** Runs `mynah ping` to its end. */
export function ping(
  address: Deno.NetAddr,
  ...args: string[]
): Promise<Finished> {
  return runMynah(["ping", ...args, url(address)]);
}

/** Where a worker begins. */
export const WORKER_MODULE = new URL(
  "../../src/workers/thread.ts",
  import.meta.url,
);

/** Where the thread begins that reads a config again. */
export const CONFIG_MODULE = new URL(
  "../../src/config/parse_thread.ts",
  import.meta.url,
);

/** Runs a command in this process, until it ends by itself: quick, for what no signal, pipe or terminal has a part in. */
export async function runInProcess(args: readonly string[]): Promise<Finished> {
  let [stdout, stderr] = ["", ""];
  const never = new AbortController().signal;
  const world: World = {
    print(text) {
      stdout += text;
      return true;
    },
    complain(text) {
      stderr += text;
    },
    workerModule: WORKER_MODULE,
    configModule: CONFIG_MODULE,
    signals: () => ({ stop: never, force: never, onReload() {}, onQuit() {} }),
  };
  // Loaded when it is asked for: most tests run processes.
  const { runCommand } = await import("../../src/cli/commands.ts");
  return { code: await runCommand(args, world), stdout, stderr };
}
