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

/** Sends a request without a body. */
export async function http(
  address: Deno.NetAddr,
  method: string,
  path: string,
): Promise<HttpAnswer> {
  const { hostname, port } = address;
  const request =
    `${method} ${path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n`;
  using connection = await Deno.connect({ hostname, port });
  await writeAll(connection, new TextEncoder().encode(request));
  return parse(new TextDecoder().decode(await readAll(connection)));
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
