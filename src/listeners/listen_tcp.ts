/**
 * @module
 */

import type { Address } from "../base/address.ts";
import { BindError } from "./bind_error.ts";

/** The queue of connections not yet accepted; Deno's own default of 511 makes a burst of a thousand wait a second. */
const BACKLOG = 4096;

/** Options of {@linkcode listenTcp}. */
export interface ListenOptions {
  /** Whether other sockets of this user may listen there too; the kernel spreads the connections over them (Linux). */
  readonly reusePort?: boolean;
}

/**
 * Listens on a TCP address; `*` is every address of the machine.
 *
 * @throws {BindError}
 */
export function listenTcp(
  address: Address,
  options: ListenOptions = {},
): Deno.TcpListener {
  try {
    return address.hostname === "*"
      ? listenEverywhere({ ...address, ...options })
      : listen({ ...address, ...options });
  } catch (error) {
    throw new BindError(address, error);
  }
}

function listenEverywhere(options: Address & ListenOptions): Deno.TcpListener {
  try {
    return listen({ ...options, hostname: "::" });
  } catch (error) {
    if (
      error instanceof Deno.errors.AddrInUse ||
      error instanceof Deno.errors.PermissionDenied
    ) throw error;
    // A machine without IPv6.
    return listen({ ...options, hostname: "0.0.0.0" });
  }
}

function listen(
  { hostname, port, reusePort = false }: Address & ListenOptions,
): Deno.TcpListener {
  return Deno.listen({ hostname, port, reusePort, tcpBacklog: BACKLOG });
}
