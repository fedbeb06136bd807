/**
 * @module
 */

/**
 * Finds all addresses of a host name as the system resolves it, `/etc/hosts`
 * included, in the system's order.
 *
 * @throws What `node:dns` throws.
 */
export async function lookUp(hostname: string): Promise<string[]> {
  // Not before it is needed: Deno takes long to load what it has for Node.
  const { lookup } = await import("node:dns");
  return await new Promise((resolve, reject) => {
    lookup(hostname, { all: true, verbatim: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses.map(({ address }) => address));
    });
  });
}
