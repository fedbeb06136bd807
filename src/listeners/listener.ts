/**
 * What the supervisor sees of a bound address, whatever its transport.
 *
 * @module
 */

import type { Address } from "../config/address.ts";
import type { Service } from "../services/service.ts";
import type { Log } from "../telemetry/log.ts";
import { TcpListener } from "./tcp.ts";
import { UdpListener } from "./udp.ts";

/** What a listener needs besides its address. */
export interface ListenerOptions {
  /** The service's name in the config. */
  readonly name: string;
  readonly service: Service;
  readonly log: Log;
  /** Called after each exchange: a connection has ended, or a datagram was answered. */
  readonly onExchange?: () => void;
}

/** A bound address. */
export interface Listener {
  /** The address as bound: with the real port where 0 was asked for. */
  readonly address: Address;
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
export function bind(address: Address, options: ListenerOptions): Listener {
  return address.transport === "tcp"
    ? TcpListener.bind(address, options)
    : UdpListener.bind(address, options);
}
