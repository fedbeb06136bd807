/**
 * The worst that a sender of datagrams can do to others, in simulated time: how
 * many bytes go out to whoever it pretends to be for those that came in.
 *
 * @module
 */

import { counter } from "./counter.ts";
import type { Service, ServiceType } from "../src/services/service.ts";
import { guardWith } from "./guards.ts";

/** IPv4 and UDP headers: a link carries them too. */
export const HEADERS = 28;
export const MINUTE = 60_000;

/** The settings with which a service answers the most; none where there is nothing to set. */
export const WORST_OPTIONS: Readonly<Record<string, Record<string, unknown>>> =
  {
    qotd: { quotes: { inline: ["x".repeat(509)] } },
  };

/** Bytes on a link, headers included: what a sender sends and what is answered. */
export class Traffic {
  sent = 0;
  answered = 0;

  get ratio(): number {
    return this.sent === 0 ? 0 : this.answered / this.sent;
  }

  add(request: number, answer: number): void {
    this.sent += request + HEADERS;
    this.answered += answer + HEADERS;
  }
}

/** A service behind its guard, with no budget set, and time as the test tells it. */
export class Target {
  readonly #service: Service;
  readonly #guard = guardWith();

  private constructor(service: Service) {
    this.#service = service;
  }

  static async of({ name, create }: ServiceType): Promise<Target> {
    const readFile = () => Promise.reject(new Error("there are no files"));
    return new Target(
      await create(WORST_OPTIONS[name] ?? {}, {
        readFile,
        count: counter(),
      }),
    );
  }

  /** The length of the answer to a datagram of `size` bytes, or `null` for silence. */
  ask(hostname: string, size: number, now: number): number | null {
    const port = 40_000;
    const sender = this.#guard.admit(hostname, port);
    if (typeof sender === "string") throw new Error(sender);
    const request = new Uint8Array(size);
    const answer = this.#service.datagram!(request);
    if (answer === null) return null;
    const silence = this.#guard.release(sender, port, request, answer, now);
    return silence === undefined ? answer.length : null;
  }

  /**
   * Has each of some sources send, every so often for a minute, for as long as it
   * is answered, at most so many times. Only what is answered counts as sent: the
   * sender knows beforehand, and wastes nothing.
   */
  minute(
    sources: readonly string[],
    size: number,
    { from = 0, everyMs = 100, atOnce = 1000 } = {},
  ): Traffic {
    const traffic = new Traffic();
    for (let now = from; now < from + MINUTE; now += everyMs) {
      for (const source of sources) {
        for (let i = 0; i < atOnce; i++) {
          const answer = this.ask(source, size, now);
          if (answer === null) break;
          traffic.add(size, answer);
        }
      }
    }
    return traffic;
  }
}
