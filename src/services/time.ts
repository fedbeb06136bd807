/**
 * The Time Protocol, {@link https://www.rfc-editor.org/rfc/rfc868 RFC 868}: the
 * seconds since 1900-01-01 UTC, as a number of 32 bits.
 *
 * @module
 */

import type { Service, ServiceType } from "./service.ts";

/** From 1900-01-01 to 1970-01-01 UTC, in seconds (RFC 868). */
const SECONDS_TO_1970 = 2_208_988_800;

/**
 * Writes a time as RFC 868 does: big-endian. It wraps to 0 on
 * 2036-02-07T06:28:16Z, and clients have to know the era.
 *
 * @param ms Milliseconds since 1970-01-01 UTC.
 */
export function encodeTime(ms: number): Uint8Array {
  const bytes = new Uint8Array(4);
  const seconds = Math.floor(ms / 1000) + SECONDS_TO_1970;
  new DataView(bytes.buffer).setUint32(0, seconds % 2 ** 32);
  return bytes;
}

const service: Service = {
  summary: "",
  warnings: [],
  stream: (connection) => connection.write(encodeTime(Date.now())),
  datagram: () => encodeTime(Date.now()),
};

/** Sends the time as four bytes (RFC 868). */
export const time: ServiceType = {
  name: "time",
  description:
    "sends the seconds since 1900-01-01 UTC as four bytes, which wrap to 0 on 2036-02-07 (RFC 868)",
  options: {},
  create: () => service,
};
