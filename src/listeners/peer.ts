/**
 * Whoever is on the other side, as logs name it.
 *
 * @module
 */

import { formatHostPort, plainHostname } from "../base/address.ts";

/** Writes a peer as `HOST:PORT`. */
export function formatPeer({ hostname, port }: Deno.NetAddr): string {
  return formatHostPort(plainHostname(hostname), port);
}
