/**
 * Why a target could not be reached, for the person at the terminal.
 *
 * @module
 */

import { type Address, formatAddress } from "../../base/address.ts";
import { printable } from "../../base/printable.ts";
import { isUnknownZone, unknownZoneReason } from "../../base/unknown_zone.ts";

/** A target that could not be reached: no such name, no way there, nobody who answers. */
export class ReachError extends Error {
  override name = "ReachError";

  /** @param reason The end of a sentence. */
  constructor(
    target: Address,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot reach "${formatAddress(target)}": ${reason}`, options);
  }
}

/** What Linux, macOS and Windows call the errors that Deno has no class for. */
const BY_CODE: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EADDRNOTAVAIL: "no such address here, or no port left",
  EAFNOSUPPORT: "this machine has no such kind of address",
  ECONNABORTED: "connection aborted",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to host",
  EMFILE: "too many open files",
  EMSGSIZE: "message too long",
  ENETUNREACH: "network unreachable",
  ENOBUFS: "no buffer space",
  EPERM: "not permitted, perhaps by a firewall on this machine",
  EPIPE: "connection closed",
  ETIMEDOUT: "no answer",
};

/** Says what went wrong with a socket, as the end of a sentence. */
export function socketReason(error: unknown): string {
  if (error instanceof ReachError) return error.message;
  if (!(error instanceof Error)) return printable(String(error));
  if (isUnknownZone(error)) return unknownZoneReason();
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && code in BY_CODE) return BY_CODE[code];
  // Deno's own words, without the number that it puts behind them.
  return printable(error.message.replace(/ \(os error \d+\)$/, ""), 200);
}
