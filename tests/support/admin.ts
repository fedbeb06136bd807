/**
 * The admin address: requests as they are on the wire, and the metrics.
 *
 * @module
 */

import { readAll, writeAll } from "./clients.ts";
import type { Mynah } from "./mynah.ts";
import { PrometheusText } from "./prometheus_text.ts";

/** A condition that does not hold after this long will not. */
const EVENT_MS = 20_000;

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends a request without a body, with fields besides those that it must have:
 * `Host` may be one of them. Not with `fetch`, which sends even what goes to
 * loopback to a proxy when the environment names one.
 */
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

/** What a mynah counts. */
export class Metrics extends PrometheusText {
  /** How many datagrams were answered. */
  get answered(): number {
    return this.sum("mynah_datagrams_answered_total");
  }

  /** How many datagrams got no answer, for this reason or for any. */
  dropped(reason?: string): number {
    return this.sum("mynah_datagrams_dropped_total", { reason });
  }

  /** How many connections were closed at once, for this reason or for any. */
  refused(reason?: string): number {
    return this.sum("mynah_connections_refused_total", { reason });
  }
}

/** Reads the metrics. */
export async function readMetrics(address: Deno.NetAddr): Promise<Metrics> {
  return new Metrics((await http(address, "GET", "/metrics")).body);
}

/** Reads the metrics of a mynah that has an admin address until a condition holds. */
export async function metricsWhen(
  mynah: Mynah,
  holds: (metrics: Metrics) => boolean,
): Promise<Metrics> {
  const deadline = Date.now() + EVENT_MS;
  while (true) {
    const metrics = await readMetrics(mynah.admin);
    if (holds(metrics)) return metrics;
    if (Date.now() > deadline) {
      throw new Error(`Not within ${EVENT_MS} ms: ${holds}\n${mynah.log}`);
    }
  }
}
