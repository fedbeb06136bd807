/**
 * What the supervisor sees of a bound address, whatever its transport.
 *
 * @module
 */

import type { Address } from "../config/address.ts";
import type { ServiceContext } from "./service_context.ts";
import { TcpListener } from "./tcp.ts";
import { UdpListener } from "./udp.ts";

/** A bound address. */
export interface Listener {
  /** The address as bound: with the real port where 0 was asked for. */
  readonly address: Address;
  /** The service that answers here; a reload may change it. */
  context: ServiceContext;
  /** How many exchanges are under way: open TCP connections. */
  readonly open: number;
  /** Serves until {@linkcode Listener.stop}. Never rejects. */
  serve(): Promise<void>;
  /** Frees the address. What is under way goes on. */
  stop(): void;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
  /** Ends what is under way. */
  abort(reason: string): void;
}

/**
 * Binds an address.
 *
 * @throws {BindError}
 */
export function bind(address: Address, context: ServiceContext): Listener {
  return address.transport === "tcp"
    ? TcpListener.bind(address, context)
    : UdpListener.bind(address, context);
}
