/**
 * What surrounds a service, without files and sockets: a log, a connection, a source
 * of numbers.
 *
 * @module
 */

import type { Fields, Log } from "../../src/telemetry/log.ts";
import type { Addresses, Stream } from "../../src/services/service.ts";
import { concat } from "./clients.ts";

/** One event as it was logged. */
export interface LoggedEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Fields;
}

/** Keeps every event, and lets a test wait for one. */
export class MemoryLog implements Log {
  readonly debugging = true;
  maxLinesPerSecond = Infinity;
  readonly events: LoggedEvent[] = [];
  #changed = Promise.withResolvers<void>();

  debug = this.#taker("debug");
  info = this.#taker("info");
  warn = this.#taker("warn");
  error = this.#taker("error");

  /** The messages so far, in order. */
  get messages(): string[] {
    return this.events.map(({ message }) => message);
  }

  /** Resolves to the first event with this message, those already logged included. */
  async event(message: string): Promise<LoggedEvent> {
    while (true) {
      const found = this.events.find((event) => event.message === message);
      if (found) return found;
      await this.#changed.promise;
    }
  }

  #taker(level: LoggedEvent["level"]) {
    return (message: string, fields: Fields = {}) => {
      this.events.push({ level, message, fields });
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    };
  }
}

/** Who asks, and where. */
export const ADDRESSES: Addresses = {
  local: { hostname: "198.51.100.7", port: 7 },
  client: { hostname: "192.0.2.1", port: 40_000 },
};

/** Plays the peer: sends chunks (or fails), then no more; keeps what it is sent. */
export class MemoryStream implements Stream {
  /** The size of the buffer at each read. */
  readonly offered: number[] = [];
  readonly addresses: Addresses = ADDRESSES;
  /** Awaited before each write. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();
  readonly #incoming: (Uint8Array | Error)[];
  readonly #written: Uint8Array[] = [];

  constructor(incoming: readonly (Uint8Array | Error)[] = []) {
    this.#incoming = [...incoming];
  }

  /** Everything written so far. */
  get written(): Uint8Array {
    return concat(this.#written);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    this.offered.push(buffer.length);
    const next = this.#incoming.shift();
    if (next === undefined) return Promise.resolve(null);
    if (next instanceof Error) return Promise.reject(next);
    const length = Math.min(next.length, buffer.length);
    buffer.set(next.subarray(0, length));
    if (length < next.length) this.#incoming.unshift(next.subarray(length));
    return Promise.resolve(length);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.beforeWrite();
    this.#written.push(bytes.slice());
  }
}

/** Gives 0, 1, 2 and so on, as a service's resources do. */
export function counter(): () => number {
  let next = 0;
  return () => next++;
}
