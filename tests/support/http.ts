/**
 * Requests to the admin address, as they are on the wire: `fetch` sends even
 * those to loopback to a proxy when the environment names one.
 *
 * @module
 */

import { readAll, writeAll } from "./clients.ts";
import { PrometheusText } from "./prometheus_text.ts";

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request without a body, with fields besides those that it must have: `Host` may be one of them. */
export async function http(
  address: Deno.NetAddr,
  method: string,
  target: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  const { hostname, port } = address;
  const all = {
    Host: hostname.includes(":")
      ? `[${hostname}]:${port}`
      : `${hostname}:${port}`,
    Connection: "close",
    ...fields,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return parse(
    await sendRaw(
      address,
      `${method} ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`,
    ),
  );
}

/** Sends text as it is, and returns all that comes back. */
export async function sendRaw(
  { hostname, port }: Deno.NetAddr,
  text: string,
): Promise<string> {
  using connection = await Deno.connect({ hostname, port });
  await writeAll(connection, new TextEncoder().encode(text));
  return new TextDecoder().decode(await readAll(connection));
}

/** Takes a raw answer apart. */
export function parse(answer: string): HttpAnswer {
  const end = answer.indexOf("\r\n\r\n");
  const [status, ...fields] = answer.slice(0, end).split("\r\n");
  const match = /^HTTP\/1\.1 (\d{3}) /.exec(status);
  if (!match) throw new SyntaxError(`Not an HTTP answer: "${answer}"`);
  const pairs = fields.map((field) => field.split(": "));
  return {
    status: Number(match[1]),
    headers: Object.fromEntries(pairs),
    body: answer.slice(end + 4),
  };
}

/** Reads the metrics. */
export async function readMetrics(
  address: Deno.NetAddr,
): Promise<PrometheusText> {
  return new PrometheusText((await http(address, "GET", "/metrics")).body);
}
