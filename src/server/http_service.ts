/**
 * As much HTTP/1.1 as health checks, Prometheus and `curl` need, as a service:
 * so the admin address has the same limits and time-outs as every other, which
 * `Deno.serve` has not. One request a connection, no bodies, nothing else.
 *
 * @module
 */

import type { Service, Stream } from "../services/service.ts";
import { type HttpAccess, refusalOf } from "./http_access.ts";
import { type HttpRequest, HttpRequestReader } from "./http_request.ts";

/** A head that takes longer is refused: the idle timeout never ends a client that sends a byte now and then. */
const HEAD_MS = 5000;
/** What is read at once. */
const CHUNK_BYTES = 1024;

/** What a handler answers. */
export interface HttpReply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Answers one kind of request. */
export type Handler = () => HttpReply | Promise<HttpReply>;

/** The handlers by path and method; `GET` answers `HEAD` too. */
export type Routes = Readonly<
  Record<string, Readonly<Partial<Record<"GET" | "POST", Handler>>>>
>;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  422: "Unprocessable Content",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

const encoder = new TextEncoder();

/** Options of {@linkcode httpService}. */
export interface HttpServiceOptions {
  /** By whom it may be asked. Default: whoever reaches it, by any name. */
  readonly access?: HttpAccess;
  /** How long a client may take for the head of its request, in milliseconds. */
  readonly headMs?: number;
}

/** Makes the service that answers these routes over TCP. */
export function httpService(
  routes: Routes,
  { access = { loopback: false, hosts: [] }, headMs = HEAD_MS }:
    HttpServiceOptions = {},
): Service {
  async function stream(connection: Stream): Promise<void> {
    const head = await readHeadWithin(headMs, connection);
    if (head === null) return;
    connection.working = true;
    const reply = typeof head === "number"
      ? refusal(head)
      : await answer(routes, access, head);
    connection.working = false;
    await connection.write(format(reply, { to: head }));
    if (reply.cause !== undefined) throw reply.cause;
  }
  return { summary: "", warnings: [], stream, datagram: () => null };
}

/** The head of a request, or the status that refuses it; `null` when the client has left. */
type Head = HttpRequest | number | null;

async function readHeadWithin(ms: number, connection: Stream): Promise<Head> {
  const late = Promise.withResolvers<Head>();
  const timer = setTimeout(() => late.resolve(408), ms);
  try {
    return await Promise.race([readHead(connection), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function readHead(connection: Stream): Promise<Head> {
  const reader = new HttpRequestReader();
  const buffer = new Uint8Array(CHUNK_BYTES);
  while (true) {
    const length = await connection.read(buffer);
    if (length === null) return null;
    const head = reader.take(buffer.subarray(0, length));
    if (head !== undefined) return head;
  }
}

interface FullReply extends HttpReply {
  readonly allow?: string;
  /** What the handler threw. */
  readonly cause?: unknown;
}

function refusal(status: number, reason = ""): FullReply {
  const phrase = REASONS[status].toLowerCase();
  return { status, body: reason ? `${phrase}: ${reason}\n` : `${phrase}\n` };
}

async function answer(
  routes: Routes,
  access: HttpAccess,
  request: HttpRequest,
): Promise<FullReply> {
  const reason = refusalOf(request, access);
  if (reason !== undefined) return refusal(403, reason);
  const { method, path } = request;
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

function format(reply: FullReply, { to }: { to: Head }): Uint8Array {
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
  const isHeadRequest = typeof to === "object" && to?.method === "HEAD";
  return encoder.encode(isHeadRequest ? head : head + body);
}
