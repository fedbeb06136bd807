/**
 * Addresses with a range of ports: `tcp://*:7000-7099`.
 *
 * @module
 */

import {
  type Address,
  formatAddress,
  parsePort,
  splitAddress,
} from "../base/address.ts";

/** Addresses that differ in the port alone. */
export interface AddressRange extends Address {
  /** The last port; {@linkcode Address.port} is the first. Both belong to the range. */
  readonly lastPort: number;
}

/** The shape of an address with a port or a range, for the JSON Schema. */
export const RANGE_PATTERN =
  /^(tcp|udp):\/\/(\[[^\]\s]+\]|[^:/\s[\]]+):(0|[1-9]\d{0,4})(-[1-9]\d{0,4})?$/;

/** Fewer neighbours are shown one by one. */
const LEAST_SHOWN = 3;

/**
 * Reads an address with a port or a range of ports.
 *
 * @throws {SyntaxError} If it is not valid; the message says what was expected.
 */
export function parseAddressRange(text: string): AddressRange {
  const { port: ports, ...host } = splitAddress(text);
  const [first, last] = /^(.+?)-(.+)$/.exec(ports)?.slice(1).map(parsePort) ??
    [parsePort(ports), parsePort(ports)];
  if (first === 0 && last > 0) {
    throw new SyntaxError("a range of ports from 1 to 65535");
  }
  if (first > last) {
    throw new SyntaxError(
      `a range of ports with the lower one first: ${last}-${first}`,
    );
  }
  return { ...host, port: first, lastPort: last };
}

/** How many addresses a range has. */
export function countAddresses({ port, lastPort }: AddressRange): number {
  return lastPort - port + 1;
}

/** Writes out the addresses of a range. */
export function addressesOf(range: AddressRange): Address[] {
  const { transport, hostname, port } = range;
  return Array.from(
    { length: countAddresses(range) },
    (_, i) => ({ transport, hostname, port: port + i }),
  );
}

/** Takes together what follows each other port by port: three addresses or more are one range. */
export function toRanges(addresses: readonly Address[]): AddressRange[] {
  const ranges: AddressRange[] = [];
  for (const { transport, hostname, port } of addresses) {
    const before = ranges.at(-1);
    const follows = before?.transport === transport &&
      before.hostname === hostname && before.lastPort + 1 === port;
    if (follows) ranges.pop();
    const first = follows ? before.port : port;
    ranges.push({ transport, hostname, port: first, lastPort: port });
  }
  return ranges.flatMap((range) =>
    countAddresses(range) < LEAST_SHOWN
      ? addressesOf(range).map((each) => ({ ...each, lastPort: each.port }))
      : [range]
  );
}

/** Writes a range as {@linkcode parseAddressRange} reads it. */
export function formatRange(range: AddressRange): string {
  const address = formatAddress(range);
  return range.port === range.lastPort
    ? address
    : `${address}-${range.lastPort}`;
}

/** Writes addresses, those that follow each other as a range. */
export function formatAddresses(addresses: readonly Address[]): string[] {
  return toRanges(addresses).map(formatRange);
}
