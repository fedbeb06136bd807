/**
 * Asks the admin address of a running mynah.
 *
 * Not by `fetch`, which sends even loopback requests to a proxy when the
 * environment names one.
 *
 * @module
 */

import { type Address, formatHostPort } from "../config/address.ts";

/** An answer is a few words; what is longer is from something else. */
const MAX_REPLY_BYTES = 64 * 1024;

/**
 * Sends one request.
 *
 * @returns The HTTP status.
 * @throws {Error} When nothing answers, or what answers does not speak HTTP.
 */
export async function askAdmin(
  { hostname, port }: Address,
  method: "GET" | "POST",
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const host = formatHostPort(hostname, port);
  const connection = await Deno.connect({ hostname, port, signal });
  const close = () => connection.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    const request =
      `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    return statusOf(await readReply(connection));
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) connection.close();
  }
}

async function readReply(connection: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(MAX_REPLY_BYTES);
  let length = 0;
  while (length < buffer.length) {
    const more = await connection.read(buffer.subarray(length));
    if (more === null) break;
    length += more;
  }
  return new TextDecoder().decode(buffer.subarray(0, length));
}

function statusOf(reply: string): number {
  if (reply === "") throw new Error("it closed the connection unanswered");
  const match = /^HTTP\/1\.[01] (\d{3}) /.exec(reply);
  if (!match) throw new Error("what answers there is no mynah");
  return Number(match[1]);
}
