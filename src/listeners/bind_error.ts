/**
 * Why an address could not be bound, for an operator.
 *
 * @module
 */

import { type Address, formatAddress } from "../base/address.ts";
import { formatAddresses } from "../config/address_range.ts";
import { isUnknownZone, unknownZoneReason } from "../base/unknown_zone.ts";
import { reasonOf } from "../base/reason.ts";

/** Ports below this need a privilege on Unix. */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** An address that could not be bound. */
export class BindError extends Error {
  override name = "BindError";

  readonly reason: string;

  constructor(readonly address: Address, cause: unknown) {
    const reason = bindReason(address, cause);
    super(describe(formatAddress(address), reason), { cause });
    this.reason = reason;
  }
}

/** Says what could not be bound, one line for each address; those that follow each other port by port, and fail alike, are one range. */
export function describeBindErrors(errors: readonly BindError[]): string {
  const failed = new Map<string, Map<string, Address>>();
  for (const { reason, address } of errors) {
    const addresses = failed.get(reason) ?? new Map<string, Address>();
    // The endpoints of one address fail alike, as a rule.
    failed.set(reason, addresses.set(formatAddress(address), address));
  }
  return [...failed].flatMap(([reason, addresses]) =>
    formatAddresses([...addresses.values()])
      .map((address) => describe(address, reason))
  ).join("\n");
}

function describe(address: string, reason: string): string {
  return `Cannot bind "${address}": ${reason}`;
}

function bindReason(address: Address, cause: unknown): string {
  if (cause instanceof Deno.errors.AddrInUse) return "address in use";
  if (cause instanceof Deno.errors.AddrNotAvailable) {
    return "this machine has no such address";
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return address.port < FIRST_UNPRIVILEGED_PORT
      ? `permission denied; ports below ${FIRST_UNPRIVILEGED_PORT} need root, or on Linux: ` +
        "sudo setcap cap_net_bind_service=+ep PATH_TO_MYNAH"
      : "permission denied";
  }
  if (isUnknownZone(cause)) return unknownZoneReason();
  const message = reasonOf(cause);
  return /lookup address|resolve/i.test(message)
    ? "no such host name"
    : message;
}
