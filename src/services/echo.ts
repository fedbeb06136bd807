/**
 * The Echo Protocol, {@link https://www.rfc-editor.org/rfc/rfc862 RFC 862}:
 * sends back what it receives, until the caller closes.
 *
 * @module
 */

import type { Service, ServiceType, Stream } from "./service.ts";

/** The buffer of a new or quiet connection: most echo traffic is small, and most connections are idle. */
const SMALL_BUFFER = 1024;
/** The largest buffer: beyond this, throughput no longer rises. */
const LARGE_BUFFER = 64 * 1024;
const GROWTH = 8;
/** After this many small reads in a row, a grown buffer shrinks again. */
const SMALL_READS_TO_SHRINK = 32;

async function echoStream(connection: Stream): Promise<void> {
  let buffer = new Uint8Array(SMALL_BUFFER);
  let message = buffer;
  let smallReads = 0;
  while (true) {
    const length = await connection.read(buffer);
    if (length === null) return;
    // Most peers send one size: its view is made once, not for every message.
    if (length !== message.length) message = buffer.subarray(0, length);
    await connection.write(message);

    smallReads = length < SMALL_BUFFER ? smallReads + 1 : 0;
    const size = length === buffer.length
      ? Math.min(GROWTH * length, LARGE_BUFFER)
      : smallReads >= SMALL_READS_TO_SHRINK
      ? SMALL_BUFFER
      : buffer.length;
    if (size !== buffer.length) message = buffer = new Uint8Array(size);
  }
}

function echoDatagram(received: Uint8Array): Uint8Array {
  return received;
}

const service: Service = {
  summary: "",
  warnings: [],
  stream: echoStream,
  datagram: echoDatagram,
};

function create(): Service {
  return service;
}

/** Sends back what it receives: TCP until the caller closes, UDP datagram by datagram (RFC 862). */
export const echo: ServiceType = {
  name: "echo",
  description: "sends back what it receives (RFC 862)",
  options: {},
  create,
};
