/**
 * The Character Generator Protocol,
 * {@link https://www.rfc-editor.org/rfc/rfc864 RFC 864}, over TCP: characters
 * without end, as fast as the caller reads them.
 *
 * @module
 */

import { readOff } from "./discard.ts";
import type { Service, ServiceType, Stream } from "./service.ts";

const FIRST_CHARACTER = 0x20;
const CHARACTERS = 95;
const LINE_CHARACTERS = 72;
/** How often the whole pattern is repeated in one write: 61 KiB. */
const REPETITIONS = 9;

/**
 * The pattern that RFC 864 recommends, whole: 95 lines of 72 characters, each
 * beginning with the second character of the line before.
 */
export function pattern(): Uint8Array<ArrayBuffer> {
  const ring = String.fromCharCode(
    ...Array.from({ length: CHARACTERS }, (_, i) => FIRST_CHARACTER + i),
  );
  const lines = Array.from(
    ring,
    (_, i) => (ring + ring).slice(i, i + LINE_CHARACTERS) + "\r\n",
  );
  return new TextEncoder().encode(lines.join(""));
}

function create(): Service {
  const one = pattern();
  const bytes = new Uint8Array(REPETITIONS * one.length);
  for (let i = 0; i < REPETITIONS; i++) bytes.set(one, i * one.length);

  async function stream(connection: Stream): Promise<void> {
    // Throws away what the caller sends. Neither its end nor a failed read ends the stream: the next write fails, too.
    readOff(connection).catch(() => {});
    while (true) await connection.write(bytes);
  }
  return { summary: "", warnings: [], stream };
}

/** Sends characters without end, over TCP only (RFC 864). */
export const chargen: ServiceType = {
  name: "chargen",
  description:
    "sends characters without end, over TCP only: over UDP it is an attack tool (RFC 864)",
  options: {},
  noUdp:
    "chargen is served over TCP only: over UDP it is an attack tool (CERT CA-1996-01)",
  create,
};
