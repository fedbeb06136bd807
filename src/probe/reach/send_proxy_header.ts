/**
 * @module
 */

import { formatProxyHeader } from "../../base/proxy_header.ts";

/** A version of the PROXY protocol. */
export type ProxyVersion = 1 | 2;

/**
 * Begins a connection with a PROXY header, as a load balancer does. It names the
 * connection's own addresses. The connection is closed when that fails.
 */
export async function sendProxyHeader(
  connection: Deno.TcpConn,
  version: ProxyVersion,
): Promise<void> {
  const [source, destination] = [connection.localAddr, connection.remoteAddr]
    .map(({ hostname, port }) => ({
      hostname: hostname.replace(/%.*$/, ""),
      port,
    }));
  let header = formatProxyHeader(version, source, destination);
  try {
    while (header.length > 0) {
      header = header.subarray(await connection.write(header));
    }
  } catch (error) {
    connection.close();
    throw error;
  }
}
