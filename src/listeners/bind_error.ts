/**
 * Why an address could not be bound, for an operator.
 *
 * @module
 */

import { type Address, formatAddress } from "../base/address.ts";
import { isUnknownZone } from "./zones.ts";

/** Ports below this need a privilege on Unix. */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** An address that could not be bound. */
export class BindError extends Error {
  override name = "BindError";

  constructor(address: Address, cause: unknown) {
    super(
      `Cannot bind "${formatAddress(address)}": ${explain(address, cause)}`,
      { cause },
    );
  }
}

function explain(address: Address, cause: unknown): string {
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
  if (isUnknownZone(cause)) {
    return `Deno ${Deno.version.deno}, which runs this, knows no zones such as "%eth0"; Deno 2.9 does`;
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return /lookup address|resolve/i.test(message)
    ? "no such host name"
    : message;
}
