/**
 * What the supervisor sees of a bound address, whatever its transport.
 *
 * @module
 */

import type { Endpoint } from "../config/endpoint.ts";
import type { RunningService } from "./running_service.ts";

/** A bound address. */
export interface Listener {
  /** The address as bound: with the real port where 0 was asked for. */
  readonly address: Endpoint;
  /** The service that answers here. */
  readonly context: RunningService;
  /** Has another service answer from now on, on an address that may be spelled otherwise. */
  handOver(context: RunningService, hostname: string): void;
  /** Serves until {@linkcode Listener.stop}. Never rejects. */
  serve(): Promise<void>;
  /** Frees the address: it is when this resolves. What is under way goes on. Never rejects. */
  stop(): Promise<void>;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
  /** Ends what is under way. */
  abort(reason: string): void;
}
