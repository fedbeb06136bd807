/**
 * Config files that mynah must refuse, and what it must say.
 *
 * @module
 */

import type { TempFolder } from "../support/temp_folder.ts";

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
