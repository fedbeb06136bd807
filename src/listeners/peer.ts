/**
 * Whoever is on the other side, as logs name it.
 *
 * @module
 */

import { formatHostPort } from "../base/address.ts";

/** Writes a peer as `HOST:PORT`; an IPv4 client of an IPv6 socket (`::ffff:10.0.0.1`) as what it is. */
export function formatPeer({ hostname, port }: Deno.NetAddr): string {
  const isMapped = hostname.startsWith("::ffff:") && hostname.includes(".");
  return formatHostPort(
    isMapped ? hostname.slice("::ffff:".length) : hostname,
    port,
  );
}
