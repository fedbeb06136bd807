/**
 * Datagrams with a forged sender, as attackers send them.
 *
 * @module
 */

import { run, testWith } from "./programs.ts";

/** Datagrams to be forged. */
export interface Forged {
  /** Who is to get the answers: an address, or another one of 127.0.0.0/8 for each. */
  readonly source: string | "random";
  readonly sourcePort: number;
  readonly to: Deno.NetAddr;
  readonly count: number;
}

/** Sends numbered datagrams. */
export async function forge(
  { source, sourcePort, to, count }: Forged,
): Promise<void> {
  const program = new URL("forge.py", import.meta.url).pathname;
  const args = [source, sourcePort, to.hostname, to.port, count].map(String);
  const { code, stderr } = await run(["python3", program, ...args]);
  if (code !== 0) throw new Error(stderr);
}

/** Whether this user may: root on Linux, as a rule. */
function mayForge(): boolean {
  const open = "import socket as s; s.socket(s.AF_INET, s.SOCK_RAW, 255)";
  try {
    const python = new Deno.Command("python3", { args: ["-c", open] });
    return Deno.build.os === "linux" && python.outputSync().success;
  } catch {
    return false; // No such program.
  }
}

const possible = mayForge();

/** A test that uses {@linkcode forge}; skipped by name where that is not allowed. */
export function testForged(name: string, fn: () => Promise<void>): void {
  if (possible) return testWith(["python3"], name, fn);
  const needs = "(needs Linux, python3 and the right to forge datagrams)";
  Deno.test({ name: `${name} ${needs}`, ignore: true, fn });
}
