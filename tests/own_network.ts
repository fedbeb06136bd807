/**
 * Tests in a network of their own: fixed ports that collide with nobody's, and
 * the system's own rule for ports below 1024.
 *
 * @module
 */

import { testWith } from "./programs.ts";

/** Runs the command line given to it in a new network that has loopback alone. */
export const OWN_NETWORK: readonly string[] = [
  "unshare",
  "--net",
  "sh",
  "-c",
  'ip link set lo up && exec "$@"',
  "sh",
];

/** Runs the command line given to it in the network of a process. */
export function networkOf(pid: number): readonly string[] {
  return ["nsenter", "--target", String(pid), "--net"];
}

/** Whether this user may make networks: root on Linux, as a rule. */
function mayMakeNetworks(): boolean {
  try {
    const [program, ...args] = [...OWN_NETWORK, "true"];
    return new Deno.Command(program, { args }).outputSync().success;
  } catch {
    return false; // No such program.
  }
}

const possible = mayMakeNetworks();

/** `testWith` for tests that use {@linkcode OWN_NETWORK}; skipped by name where that is not allowed. */
export function testInOwnNetwork(
  programs: readonly string[],
  name: string,
  fn: () => Promise<void>,
): void {
  if (possible) testWith(programs, name, fn);
  else {Deno.test({
      name: `${name} (needs to make a network)`,
      ignore: true,
      fn,
    });}
}
