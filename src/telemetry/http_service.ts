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
  422: "Unprocessable Content",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** Makes the service that answers these routes over TCP. */
export function httpService(routes: Routes): Service {
  async function stream(connection: Stream): Promise<void> {
    const head = await readHead(connection);
    if (head === null) return;
    const [method, path] = parseRequestLine(head);
    const reply = await answer(routes, method, path);
    await connection.write(format(reply, method === "HEAD"));
  }
  return { summary: "", warnings: [], stream, datagram: () => null };
}

/** Reads up to the empty line that ends the head. `null`: the client left before; a head too long comes back as far as it was read. */
async function readHead(connection: Stream): Promise<string | null> {
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
  return "";
}

function parseRequestLine(head: string): [method: string, path: string] {
  const match = /^([A-Z]+) (\/[^\s?#]*)\S* HTTP\/1\.[01]\r?(?:\n|$)/.exec(head);
  return match ? [match[1], match[2]] : ["", ""];
}

interface FullReply extends Reply {
  readonly allow?: string;
}

async function answer(
  routes: Routes,
  method: string,
  path: string,
): Promise<FullReply> {
  if (method === "") return { status: 400, body: "bad request\n" };
  if (!Object.hasOwn(routes, path)) return { status: 404, body: "not found\n" };
  const route = routes[path];
  const handler = method === "HEAD"
    ? route.GET
    : method === "GET" || method === "POST"
    ? route[method]
    : undefined;
  if (!handler) {
    const allow = route.GET ? "GET, HEAD" : "POST";
    return { status: 405, body: "method not allowed\n", allow };
  }
  return await handler();
}

function format(reply: FullReply, headOnly: boolean): Uint8Array {
  const { status, body, type = "text/plain; charset=utf-8", allow } = reply;
  const bytes = encoder.encode(body);
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Unknown"}`,
    `Content-Type: ${type}`,
    `Content-Length: ${bytes.length}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
    ...(allow ? [`Allow: ${allow}`] : []),
    "\r\n",
  ].join("\r\n");
  return encoder.encode(headOnly ? head : head + body);
}
