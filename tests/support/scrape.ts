/**
 * What a mynah shows of itself on its admin address.
 *
 * @module
 */

import type { Mynah } from "./mynah.ts";

/** A condition that does not hold after this long will not. */
const EVENT_MS = 20_000;

type Labels = Readonly<Record<string, string | undefined>>;

/** The samples of one scrape. */
export class Metrics {
  readonly #lines: readonly string[];

  constructor(text: string) {
    this.#lines = text.split("\n").filter((line) => !line.startsWith("#"));
  }

  /** Whether a metric has a sample with these labels. */
  has(name: string, labels: Labels = {}): boolean {
    return this.#samples(name, labels).length > 0;
  }

  /** The sum of a metric's samples that have these labels. */
  sum(name: string, labels: Labels = {}): number {
    return this.#samples(name, labels)
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  #samples(name: string, labels: Labels): readonly string[] {
    const wanted = Object.entries(labels)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}="${value}"`);
    return this.#lines
      .filter((line) => new RegExp(`^${name}[{ ]`).test(line))
      .filter((line) => wanted.every((label) => line.includes(label)));
  }

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

/** Reads the metrics of a mynah that has an admin address. */
export async function scrape(mynah: Mynah): Promise<Metrics> {
  const { hostname, port } = mynah.admin;
  const response = await fetch(`http://${hostname}:${port}/metrics`);
  return new Metrics(await response.text());
}

/** Reads the metrics until a condition holds. */
export async function scrapeUntil(
  mynah: Mynah,
  holds: (metrics: Metrics) => boolean,
): Promise<Metrics> {
  const deadline = Date.now() + EVENT_MS;
  while (true) {
    const metrics = await scrape(mynah);
    if (holds(metrics)) return metrics;
    if (Date.now() > deadline) {
      throw new Error(`Not within ${EVENT_MS} ms: ${holds}\n${mynah.log}`);
    }
  }
}
