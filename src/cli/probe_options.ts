/**
 * What the commands that ask a server have in common: targets, durations, numbers, families.
 *
 * @module
 */

import { type Address, parseAddress } from "../config/address.ts";
import { printable } from "../printable.ts";
import type { Family } from "../probe/resolve.ts";
import { UsageError } from "./command.ts";

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Timers count milliseconds in 31 bits; a week leaves room. */
const MAX_MS = 7 * 24 * MS_PER_UNIT.h;

/**
 * Reads whom to ask.
 *
 * @throws {UsageError} When it is missing, or cannot be asked.
 */
export function readTarget(text: string | undefined): Address {
  const example = 'such as "tcp://127.0.0.1:10007" or "udp://[::1]:10007"';
  if (text === undefined) {
    throw new UsageError(`A target is missing, ${example}`);
  }
  return toTarget(text, text);
}

/**
 * Reads whom to ask where the transport is an option: `HOST:PORT`, and the whole address too.
 *
 * @throws {UsageError} When it is missing, or cannot be asked.
 */
export function readHostPort(text: string | undefined, udp: boolean): Address {
  if (text === undefined) {
    throw new UsageError('A target is missing, such as "127.0.0.1:10017"');
  }
  const whole = /^(tcp|udp):\/\//.test(text);
  if (!whole && !/:\d+$/.test(text)) {
    throw new UsageError(
      `Cannot use "${
        printable(text)
      }": expected HOST:PORT, such as "127.0.0.1:10017" or "[::1]:10017"`,
    );
  }
  if (text.startsWith("tcp:") && udp) {
    throw new UsageError(`Cannot ask "${printable(text)}" over UDP`);
  }
  return toTarget(text, whole ? text : `${udp ? "udp" : "tcp"}://${text}`);
}

function toTarget(text: string, address: string): Address {
  const target = read(text, () => parseAddress(address));
  if (target.hostname === "*" || target.port === 0) {
    throw new UsageError(
      `Cannot use "${printable(text)}": expected one host and its port`,
    );
  }
  return target;
}

/**
 * Reads a duration: `250ms`, `1.5s`, `2m`, or a number of seconds, as ping takes it.
 *
 * @returns Milliseconds, more than 0.
 * @throws {UsageError} When it is none.
 */
export function readDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)(ms|s|m|h)?$/.exec(text);
  const ms = match ? Number(match[1]) * MS_PER_UNIT[match[2] ?? "s"] : 0;
  if (ms > 0 && ms <= MAX_MS) return ms;
  throw new UsageError(
    `Cannot use "${
      printable(text)
    }": expected a duration above 0 such as 0.2, 250ms, 1s or 5m`,
  );
}

/**
 * Reads a whole number between two bounds.
 *
 * @throws {UsageError} When it is none.
 */
export function readWhole(text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageError(
    `Cannot use "${
      printable(text)
    }": expected a whole number from ${least} to ${most}`,
  );
}

/**
 * Reads a number from 0 to a bound, with or without a fraction.
 *
 * @throws {UsageError} When it is none.
 */
export function readNumber(text: string, most: number): number {
  const value = Number(text);
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(text) && value <= most) return value;
  throw new UsageError(
    `Cannot use "${printable(text)}": expected a number from 0 to ${most}`,
  );
}

/** Which family the options `-4` and `-6` leave. @throws {UsageError} When they leave none. */
export function readFamily(
  { ipv4, ipv6 }: Readonly<Record<string, boolean>>,
): Family {
  if (ipv4 && ipv6) throw new UsageError('Use either "-4" or "-6", not both');
  return ipv4 ? 4 : ipv6 ? 6 : "any";
}

/** Has a parser's complaint become one about the command line. */
export function read<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(
      `Cannot use "${printable(text)}": expected ${error.message}`,
    );
  }
}
