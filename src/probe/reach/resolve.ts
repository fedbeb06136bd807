/**
 * Names to addresses, as the system resolves them: /etc/hosts included.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { type Address, familyOf } from "../../base/address.ts";
import { lookUp } from "../../base/look_up.ts";
import { ReachError, socketReason } from "./reach_error.ts";
import { isCalledOff, unlessAborted } from "../../base/time.ts";

/** Which addresses are wanted: of IPv4, of IPv6, or of both. */
export type Family = 4 | 6 | "any";

/**
 * Finds the addresses of a target, in the order in which to try them: the system's
 * own, with the families taking turns (RFC 8305 §4).
 *
 * @returns At least one.
 * @throws {ReachError} When there is none of that family, or no answer in time.
 * @throws The reason of `signal`, when that comes first.
 */
export async function resolve(
  target: Address,
  family: Family,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { hostname } = target;
  if (ipaddr.isValid(hostname)) {
    if (family === "any" || familyOf(hostname) === family) return [hostname];
    throw new ReachError(
      target,
      `"${hostname}" is not an IPv${family} address`,
    );
  }
  let addresses: readonly string[];
  try {
    addresses = await unlessAborted(lookUp(hostname), signal);
  } catch (error) {
    if (isCalledOff(error, signal)) throw error;
    throw new ReachError(target, explainLookup(error), { cause: error });
  }
  const wanted = addresses.filter((address) =>
    family === "any" || familyOf(address) === family
  );
  if (wanted.length > 0) return takeTurns(wanted);
  throw new ReachError(
    target,
    addresses.length === 0
      ? "no such host name"
      : `"${hostname}" has no IPv${family} address`,
  );
}

/** Why a name was not looked up, from the error of the system's resolver. */
export function explainLookup(error: unknown): string {
  switch ((error as { code?: unknown }).code) {
    case "ENOTFOUND":
      return "no such host name";
    case "EAI_AGAIN":
      return "the name server does not answer, or has failed";
    default:
      return socketReason(error);
  }
}

/** Puts addresses in the order to try them (RFC 8305 §4): the first of one family, the first of the other, the second of the one, … */
export function takeTurns(addresses: readonly string[]): string[] {
  const first = familyOf(addresses[0]);
  const ones = addresses.filter((address) => familyOf(address) === first);
  const others = addresses.filter((address) => familyOf(address) !== first);
  return addresses.flatMap((_, i) => [ones[i], others[i]])
    .filter((address) => address !== undefined);
}
