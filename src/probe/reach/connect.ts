/**
 * Connecting by TCP, to whichever of a name's addresses answers.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import { race } from "./race.ts";
import { ReachError, socketReason } from "./reach_error.ts";
import { isCalledOff } from "../../base/time.ts";

/** A connection, and how it came about. */
export interface Connected {
  readonly connection: Deno.TcpConn;
  /** The address that answered. */
  readonly hostname: string;
  /** From the call to the established connection, in milliseconds. */
  readonly connectMs: number;
}

/**
 * Connects to the first of the addresses that answers.
 *
 * @throws {ReachError} When none does, or not in time.
 * @throws The reason of `signal`, when that comes first.
 */
export async function connect(
  target: Address,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Connected> {
  try {
    return await race(
      addresses,
      (hostname, signal) => connectOnce(hostname, target.port, signal),
      { signal, discard: ({ connection }) => connection.close() },
    );
  } catch (error) {
    if (isCalledOff(error, signal)) throw error;
    throw new ReachError(target, explainAll(addresses, error), {
      cause: error,
    });
  }
}

/** Connects to one address, and takes the time. */
export async function connectOnce(
  hostname: string,
  port: number,
  signal: AbortSignal,
): Promise<Connected> {
  const start = performance.now();
  const connection = await Deno.connect({ hostname, port, signal });
  const connectMs = performance.now() - start;
  // Each message is to leave when it is sent, not together with the next.
  connection.setNoDelay(true);
  return { connection, hostname, connectMs };
}

/** The reason, or where they differ, the reason of each address. */
export function explainAll(
  addresses: readonly string[],
  error: unknown,
): string {
  if (!(error instanceof AggregateError)) return socketReason(error);
  const reasons: string[] = error.errors.map(socketReason);
  if (new Set(reasons).size === 1) return reasons[0];
  return reasons.map((reason, i) => `${reason} (${addresses[i]})`).join(", ");
}
