/**
 * Networks of a test's own: addresses and ports that collide with nobody's, and
 * the system's own rule for ports below 1024. A test with a network of its own needs
 * `NETWORK_NAMESPACE` of `needs.ts`.
 *
 * @module
 */

/**
 * A loopback address that no other test has, so that every port on it is free;
 * 127.0.0.1 where that is the only one. Take the ports from {@linkcode ownPort} then.
 */
export function ownHost(): string {
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  const hostname = `127.${a}.${b}.${Math.max(2, Math.min(c, 254))}`;
  return isLocal(hostname) ? hostname : "127.0.0.1";
}

/** Whether an address is this machine's. */
export function isLocal(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** A port that is free on every address, over TCP and UDP: one below those that systems give to clients, so that it stays free. */
export function ownPort(): number {
  for (;;) {
    const [number] = crypto.getRandomValues(new Uint16Array(1));
    const port = 10_000 + number % 20_000;
    try {
      const local = { hostname: "0.0.0.0", port };
      Deno.listen(local).close();
      Deno.listenDatagram({ ...local, transport: "udp" }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

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
