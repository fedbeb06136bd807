/**
 * @module
 */

import type { Endpoint } from "../config/endpoint.ts";
import { BindError } from "./bind_error.ts";

/** The queue of connections not yet accepted; Deno's own default of 511 makes a burst of a thousand wait a second. */
const BACKLOG = 4096;

/** Options of {@linkcode listenTcp}. */
export interface ListenOptions {
  /** Whether other sockets of this user may listen there too; the kernel spreads the connections over them (Linux). */
  readonly reusePort?: boolean;
}

/**
 * Listens on a TCP address.
 *
 * @throws {BindError}
 */
export function listenTcp(
  address: Endpoint,
  { reusePort = false }: ListenOptions = {},
): Deno.TcpListener {
  const { host: hostname, port } = address;
  try {
    return Deno.listen({ hostname, port, reusePort, tcpBacklog: BACKLOG });
  } catch (error) {
    throw new BindError(address, error);
  }
}
