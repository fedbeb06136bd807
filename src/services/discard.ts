/**
 * The Discard Protocol, {@link https://www.rfc-editor.org/rfc/rfc863 RFC 863}:
 * throws away what it receives, and sends nothing.
 *
 * @module
 */

import type { Service, ServiceType, Stream } from "./service.ts";

/** The buffer for received bytes: one for all connections, because nobody reads it. */
const scrap = new Uint8Array(64 * 1024);

/** Reads until the caller closes. */
export async function readOff(connection: Stream): Promise<void> {
  while (await connection.read(scrap) !== null);
}

const service: Service = {
  summary: "",
  warnings: [],
  stream: readOff,
  datagram: () => null,
};

/** Takes everything and answers nothing (RFC 863). */
export const discard: ServiceType = {
  name: "discard",
  description: "takes everything and answers nothing (RFC 863)",
  options: {},
  create: () => service,
};
