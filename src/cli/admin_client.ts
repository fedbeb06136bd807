/**
 * Asks the admin address of a running mynah.
 *
 * Not by `fetch`, which sends even loopback requests to a proxy when the
 * environment names one.
 *
 * @module
 */

import { type Address, formatHostPort } from "../base/address.ts";
import { connect } from "../probe/reach/connect.ts";
import { resolve } from "../probe/reach/resolve.ts";
import { SafeText } from "../base/safe_text.ts";

/** An answer is a few lines; what is longer is from something else. */
const MAX_REPLY_BYTES = 256 * 1024;

/** What a mynah answers. */
export interface AdminReply {
  /** The HTTP status. */
  readonly status: number;
  /** Safe to print. */
  readonly body: string;
}

/**
 * Sends one request, to whichever of a name's addresses accepts a connection.
 *
 * @throws {ReachError} When none does.
 * @throws {Error} When what answers does not speak HTTP.
 * @throws The reason of `signal`, if it aborts first.
 */
export async function askAdmin(
  target: Address,
  method: "GET" | "POST",
  path: string,
  signal: AbortSignal,
): Promise<AdminReply> {
  const addresses = await resolve(target, "any", signal);
  const { connection, hostname } = await connect(target, addresses, signal);
  // A loopback address answers by few names; its own is one of them.
  const host = formatHostPort(hostname, target.port);
  const close = () => connection.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    const request =
      `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(request));
    return parseReply(await readReply(connection));
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) connection.close();
  }
}

async function readReply(connection: Deno.TcpConn): Promise<string> {
  const text = new SafeText();
  const buffer = new Uint8Array(16 * 1024);
  let reply = "";
  while (reply.length < MAX_REPLY_BYTES) {
    const length = await connection.read(buffer);
    if (length === null) break;
    reply += text.push(buffer.subarray(0, length));
  }
  return reply + text.end();
}

function parseReply(reply: string): AdminReply {
  if (reply === "") {
    throw new Error("it closed the connection without an answer");
  }
  const match = /^HTTP\/1\.[01] (\d{3}) /.exec(reply);
  if (!match) throw new Error("the server there is not mynah");
  const end = /\r?\n\r?\n/.exec(reply);
  const body = end === null ? "" : reply.slice(end.index + end[0].length);
  return { status: Number(match[1]), body };
}
