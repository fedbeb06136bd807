/**
 * Datagrams with a forged sender, as attackers send them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { run } from "../support/programs.ts";

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
  const program = fileURLToPath(import.meta.resolve("./forge.py"));
  const args = [source, sourcePort, to.hostname, to.port, count].map(String);
  const { code, stderr } = await run(["python3", program, ...args]);
  if (code !== 0) throw new Error(stderr);
}
