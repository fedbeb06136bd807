/**
 * The worst that a sender of datagrams can do to others, in simulated time: how
 * many bytes go out to whoever it pretends to be for those that came in.
 *
 * @module
 */

import { counter } from "../support/fakes.ts";
import type { Service, ServiceType } from "../../src/services/service.ts";
import { type UdpGuard, UdpMemory } from "../../src/guard/udp_guard.ts";
import { guardWith } from "../support/guards.ts";

/** IPv4 and UDP headers: a link carries them too. */
export const HEADERS = 28;
export const MINUTE = 60_000;
/** The largest UDP payload over IPv4. */
export const LARGEST = 65_507;

const LOCAL = { hostname: "198.51.100.7", port: 7 };
const DATAGRAM = new Uint8Array(LARGEST);

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

/** Services of a type behind their guards, with no budget set, and time as the test tells it. */
export class Target {
  readonly memory = new UdpMemory();
  readonly #service: Service;
  readonly #guards: readonly UdpGuard[];
  #asked = 0;

  private constructor(service: Service, count: number) {
    this.#service = service;
    this.#guards = Array.from(
      { length: count },
      () => guardWith({}, this.memory),
    );
  }

  static async of({ name, create }: ServiceType, count = 1): Promise<Target> {
    const readFile = () => Promise.reject(new Error("there are no files"));
    const options = WORST_OPTIONS[name] ?? {};
    return new Target(
      await create(options, {
        readFile,
        count: counter(),
        service: name,
        labels: {},
      }),
      count,
    );
  }

  /** The length of the answer of one of the services to a datagram of `size` bytes, or `null` for silence. */
  ask(
    hostname: string,
    size: number,
    now: number,
    service = 0,
  ): number | null {
    const port = 40_000;
    const guard = this.#guards[service];
    const sender = guard.admit(hostname, port);
    if (typeof sender === "string") throw new Error(sender);
    const request = DATAGRAM.subarray(0, size);
    const answer = this.#service.datagram!(
      request,
      { hostname, port },
      LOCAL,
    );
    if (answer === null) return null;
    // A loop's end is not what is measured.
    DATAGRAM.set([now, now >> 8, now >> 16, ++this.#asked]);
    const silence = guard.release(sender, port, request, answer, now);
    return silence === undefined ? answer.length : null;
  }

  /** Whether a source was here before, as of the last time that it came. */
  isRegular(hostname: string, now: number): boolean {
    const sender = this.#guards[0].admit(hostname, 40_000);
    if (typeof sender === "string") throw new Error(sender);
    return this.memory.sources.find(sender.key, sender.hash, now).regular;
  }

  /**
   * Has each of some sources send to all services, every so often for a minute,
   * for as long as it is answered, at most so many times. Only what is answered
   * counts as sent: the sender knows beforehand, and wastes nothing.
   */
  minute(
    sources: readonly string[],
    size: number,
    { from = 0, everyMs = 100, atOnce = 1000 } = {},
  ): Traffic {
    const traffic = new Traffic();
    for (let now = from; now < from + MINUTE; now += everyMs) {
      for (const source of sources) {
        for (let service = 0; service < this.#guards.length; service++) {
          for (let i = 0; i < atOnce; i++) {
            const answer = this.ask(source, size, now, service);
            if (answer === null) break;
            traffic.add(size, answer);
          }
        }
      }
    }
    return traffic;
  }
}
