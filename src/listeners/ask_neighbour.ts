/**
 * @module
 */

/** The port that one asks to know whether a host is there, whatever it answers (RFC 862). */
const ECHO_PORT = 7;
/** More than Linux takes to give up on an address that nobody has. */
const ASK_MS = 3500;
/** Only a firewall says so at once that there is no way to a host. */
const AT_ONCE_MS = 20;

/**
 * Asks whether a host of one of our links is there, by TCP: Deno tells of no other
 * way to learn that a link does not know an address. One that refuses is there,
 * and so is one that says nothing, since a link that does not know it would be
 * heard of after 3 s.
 *
 * @param signal Gives it up.
 * @returns Nothing when it could not be asked, or was given up.
 */
export async function askNeighbour(
  hostname: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const start = performance.now();
  try {
    const connection = await Deno.connect({
      hostname,
      port: ECHO_PORT,
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]),
    });
    connection.close();
    return true;
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    if (code === "EHOSTUNREACH") {
      return performance.now() - start < AT_ONCE_MS;
    }
    // Without a descriptor, or a permission, nothing was asked.
    return code === "ECONNREFUSED" || code === "ECONNRESET" ||
        name === "TimeoutError"
      ? true
      : undefined;
  }
}
