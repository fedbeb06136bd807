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
  /** Lets another service answer from now on. The address may be spelled differently. */
  handOver(context: RunningService, hostname: string): void;
  /** Serves until {@linkcode Listener.stop}. Never rejects. */
  serve(): Promise<void>;
  /** Frees the address; it is free when this resolves. Open connections go on. Never rejects. */
  stop(): Promise<void>;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
  /** Ends what is under way. */
  abort(reason: string): void;
}
