/**
 * As much HTTP/1.1 as health checks, Prometheus and `curl` need, as a service:
 * so the admin address has the same limits and time-outs as every other, which
 * `Deno.serve` has not. One request a connection, no bodies, nothing else.
 *
 * @module
 */

import type { Service, Stream } from "../services/service.ts";

/** A longer request head is refused. */
const MAX_HEAD_BYTES = 8 * 1024;
/** So is one that takes longer: the idle timeout never ends a client that sends a byte now and then. */
const HEAD_MS = 5000;

/** What a handler answers. */
export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Answers one kind of request. */
export type Handler = () => Reply | Promise<Reply>;

/** The handlers by path and method; `GET` answers `HEAD` too. */
export type Routes = Readonly<
  Record<string, Readonly<Partial<Record<"GET" | "POST", Handler>>>>
>;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  422: "Unprocessable Content",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/**
 * Makes the service that answers these routes over TCP.
 *
 * @param options `headMs`: how long a client may take for the head of its request.
 */
export function httpService(
  routes: Routes,
  { headMs = HEAD_MS }: { headMs?: number } = {},
): Service {
  async function stream(connection: Stream): Promise<void> {
    const head = await readHeadWithin(headMs, connection);
    if (head === null) return;
    const reply = typeof head === "number"
      ? refusal(head)
      : await answer(routes, head);
    await connection.write(format(reply, { to: head }));
    if (reply.cause !== undefined) throw reply.cause;
  }
  return { summary: "", warnings: [], stream, datagram: () => null };
}

/** The head of a request, or the status that refuses it; `null` when the client has left. */
type Head = string | number | null;

async function readHeadWithin(ms: number, connection: Stream): Promise<Head> {
  const late = Promise.withResolvers<Head>();
  const timer = setTimeout(() => late.resolve(408), ms);
  try {
    return await Promise.race([readHead(connection), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads up to the empty line that ends the head. */
async function readHead(connection: Stream): Promise<Head> {
  const buffer = new Uint8Array(MAX_HEAD_BYTES);
  let length = 0;
  while (length < buffer.length) {
    const more = await connection.read(buffer.subarray(length));
    if (more === null) return null;
    length += more;
    const head = decoder.decode(buffer.subarray(0, length));
    const end = head.search(/\r?\n\r?\n/);
    if (end !== -1) return head.slice(0, end);
  }
  return 431;
}

interface FullReply extends Reply {
  readonly allow?: string;
  /** What the handler threw. */
  readonly cause?: unknown;
}

function refusal(status: number): FullReply {
  return { status, body: `${REASONS[status].toLowerCase()}\n` };
}

async function answer(routes: Routes, head: string): Promise<FullReply> {
  const match = /^([A-Z]+) (\/[^\s?#]*)\S* HTTP\/1\.[01]\r?(?:\n|$)/.exec(head);
  if (!match) return refusal(400);
  const [, method, path] = match;
  if (!Object.hasOwn(routes, path)) return refusal(404);
  const { GET, POST } = routes[path];
  const handlers: Record<string, Handler | undefined> = {
    GET,
    HEAD: GET,
    POST,
  };
  const handler = Object.hasOwn(handlers, method) && handlers[method];
  if (!handler) return { ...refusal(405), allow: GET ? "GET, HEAD" : "POST" };
  try {
    return await handler();
  } catch (cause) {
    return { ...refusal(500), cause };
  }
}

function format(reply: FullReply, { to }: { to: string | number }): Uint8Array {
  const { status, body, type = "text/plain; charset=utf-8", allow } = reply;
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}`,
    `Content-Type: ${type}`,
    `Content-Length: ${encoder.encode(body).length}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
    ...(allow ? [`Allow: ${allow}`] : []),
    "\r\n",
  ].join("\r\n");
  const isHeadRequest = typeof to === "string" && to.startsWith("HEAD ");
  return encoder.encode(isHeadRequest ? head : head + body);
}
