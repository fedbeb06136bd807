/**
 * `mynah ping` as a test runs it.
 *
 * @module
 */

import { type Finished, runMynah } from "./mynah.ts";

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
