/**
 * Config files that mynah must refuse, and what it must say: what the tests of
 * them share.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Finished, runInProcess, runMynah } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

/** A config file that is refused. */
export interface BadConfig {
  /** What it is, as the end of a sentence. */
  readonly name: string;
  /** The file's content, or a function that makes the file and returns its path. */
  readonly file: string | Uint8Array | ((folder: TempFolder) => string);
  /** What the lines of the error say, after the name of the file. */
  readonly lines: readonly (string | RegExp)[];
  /** Whether it is also tried on a process of its own. */
  readonly process?: true;
}

/** A config of echo services, each given by the keys besides its type. */
export function echo(...services: string[]): string {
  const items = services.map((keys) => `  - {type: echo, ${keys}}\n`);
  return `services:\n${items.join("")}`;
}

/** The keys of a service that is good. */
export const GOOD = "name: e, listen: 'tcp://127.0.0.1:0'";

type Run = (args: readonly string[]) => Promise<Finished>;

/** Tries both commands on a config; each must refuse it with these lines and nothing else. */
export async function assertRefused(
  { file, lines }: BadConfig,
  run: Run,
): Promise<void> {
  using folder = new TempFolder();
  const path = typeof file === "function"
    ? file(folder)
    : folder.write("mynah.yaml", file);
  const finished = await Promise.all([
    run(["check", path]),
    run(["serve", "--config", path]),
  ]);
  for (const { code, stdout, stderr } of finished) {
    assertEquals(code, 78, stderr);
    assertEquals(stdout, "");
    assertLines(stderr, path, lines);
  }
}

function assertLines(
  stderr: string,
  path: string,
  expected: readonly (string | RegExp)[],
): void {
  assert(!/file:\/\/|^\s+at /m.test(stderr), stderr);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(stderr), stderr);
  assert(stderr.endsWith("\n"));
  const lines = stderr.slice(0, -1).split("\n");
  assertEquals(lines.length, expected.length, stderr);
  for (const [i, line] of lines.entries()) {
    assert(line.startsWith(`${path}: `), line);
    assert(line.length < path.length + 400, line);
    const message = line.slice(path.length + 2);
    const wanted = expected[i];
    if (typeof wanted === "string") assertEquals(message, wanted);
    else assertMatch(message, wanted);
  }
}

/** Tests that both commands refuse configs. */
export function testRefused(configs: readonly BadConfig[]): void {
  for (const config of configs) {
    Deno.test(`check and serve refuse ${config.name}`, async () => {
      await assertRefused(config, runInProcess);
    });
  }
  for (const config of configs.filter(({ process }) => process)) {
    Deno.test(`a process ends with 78 for ${config.name}`, async () => {
      await assertRefused(config, runMynah);
    });
  }
}
