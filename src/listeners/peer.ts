/**
 * How logs name the other side of a connection.
 *
 * @module
 */

import { formatHostPort, plainHostname } from "../base/address.ts";

/** Writes a peer as `HOST:PORT`. */
export function formatPeer({ hostname, port }: Deno.NetAddr): string {
  return formatHostPort(plainHostname(hostname), port);
}
