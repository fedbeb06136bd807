/**
 * The target of a command that asks a server.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { type Address, formatHostPort, parseAddress } from "../base/address.ts";
import { ADDRESS_SHAPE } from "../base/address_shape.ts";
import { printable } from "../base/printable.ts";
import { UsageError } from "./command.ts";

/** The defaults for what a target leaves open. */
export interface TargetDefaults {
  /** Whether a target without a transport is asked over UDP; otherwise it is TCP. */
  readonly udp?: boolean;
  readonly port: number;
}

/** The forms of a target, for help texts. */
export const TARGET_FORMS =
  "HOST, HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT";

/** Stand for every address of a machine: one can listen there, but not ask there. */
const EVERY_ADDRESS = ["*", "0.0.0.0", "::"];

/**
 * Reads whom to ask: `HOST`, `HOST:PORT`, or either behind `tcp://` or `udp://`.
 * An IPv6 address needs brackets only before a port.
 *
 * @throws {UsageError} When it is missing, or cannot be asked.
 */
export function readTarget(
  text: string | undefined,
  { udp = false, port }: TargetDefaults,
): Address {
  if (text === undefined) {
    throw new UsageError(
      `A target is missing, such as "127.0.0.1" or "127.0.0.1:${port}"`,
    );
  }
  const [, scheme, place] = /^(?:(tcp|udp):\/\/)?(.*)$/s.exec(text)!;
  if (udp && scheme === "tcp") {
    throw new UsageError(`Cannot ask "${printable(text)}" over UDP`);
  }
  const transport = scheme ?? (udp ? "udp" : "tcp");
  const address = readAddress(
    text,
    `${transport}://${withPort(place, port)}`,
  );
  if (address.port === 0) {
    throw new UsageError(
      `Cannot use "${printable(text)}": expected a port from 1 to 65535`,
    );
  }
  if (EVERY_ADDRESS.includes(address.hostname)) {
    const loopback = address.hostname === "::" ? "::1" : "127.0.0.1";
    throw new UsageError(
      `Cannot use "${printable(text)}": expected one host; for this machine, ` +
        `"${scheme ? `${scheme}://` : ""}${
          formatHostPort(loopback, address.port)
        }"`,
    );
  }
  return address;
}

/** Adds the port to a host that has none. */
function withPort(place: string, port: number): string {
  if (ipaddr.IPv6.isValid(place)) return `[${place}]:${port}`;
  return /^\[[^\]]*\]$|^[^:]*$/.test(place) ? `${place}:${port}` : place;
}

function readAddress(text: string, address: string): Address {
  if (!ADDRESS_SHAPE.test(address)) {
    throw new UsageError(
      `Cannot use "${printable(text)}": expected ${TARGET_FORMS}`,
    );
  }
  try {
    return parseAddress(address);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `Cannot use "${printable(text)}": expected ${error.message}`,
    );
  }
}
