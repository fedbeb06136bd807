/**
 * Networks of a test's own: fixed ports that collide with nobody's, and the
 * system's own rule for ports below 1024. A test with one needs
 * `NETWORK_NAMESPACE` of `support/needs.ts`.
 *
 * @module
 */

const ROOT = Deno.build.os === "linux" && Deno.uid() === 0;

/** A user who is not root makes networks as the root of a user namespace. */
const AS_ROOT = ROOT ? [] : ["--user", "--map-root-user"];

/** Runs the command line given to it in a new network that has loopback alone, after a shell script has set that up further. */
export function inNewNetwork(script = ":"): [string, ...string[]] {
  const setUp = `set -e; ip link set lo up; ${script}\nexec "$@"`;
  return ["unshare", ...AS_ROOT, "--net", "sh", "-c", setUp, "sh"];
}

/** Runs the command line given to it with another file in the place of `/etc/hosts`. */
export function withHostsFile(file: string): [string, ...string[]] {
  const setUp = `set -e; mount --bind "$1" /etc/hosts; shift\nexec "$@"`;
  return ["unshare", ...AS_ROOT, "--mount", "sh", "-c", setUp, "sh", file];
}

/** Runs the command line given to it in the network of a process, one that {@linkcode inNewNetwork} started. */
export function networkOf(pid: number): [string, ...string[]] {
  const asRoot = ROOT ? [] : ["--user", "--preserve-credentials"];
  return ["nsenter", "--target", String(pid), ...asRoot, "--net"];
}
