/**
 * Counts the open TCP connections of a service, and decides whether one more may come.
 *
 * @module
 */

import type { ThreadSlot } from "../base/thread_slot.ts";
import type { Client } from "./client_key.ts";
import type { ClientTable } from "./client_table.ts";

/** Why a connection was refused. */
export type Refusal = "max_connections" | "max_connections_per_client";

/** What counting the connections of one service needs. */
export interface Places {
  /** The clients of all services. */
  readonly clients: ClientTable;
  /** A number of this service alone. */
  readonly service: number;
  readonly threads: ThreadSlot;
  /** Made by {@linkcode placesMemory}. */
  readonly memory: SharedArrayBuffer;
  /** Has the other threads call {@linkcode ConnectionLimits.wakeHere}. */
  readonly tellOthers?: () => void;
}

// The fields of the memory: how often there was news for waiting threads, how many wait, then the open connections of each thread.
const NEWS = 0;
const WAITING = 1;
const OPEN = 2;

/** Makes the memory in which all threads count the connections of a service. */
export function placesMemory({ threads }: ThreadSlot): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (OPEN + threads));
}

/** Counts a service's connections, on all of its addresses and threads together, against its limits. */
export class ConnectionLimits {
  /** The most at once; changed by a reload, for the connections that come after it. */
  maxConnections = Infinity;
  /** The most at once from one client, and a multiple of it from the wider networks that it is in. */
  maxConnectionsPerClient = Infinity;
  readonly #clients: ClientTable;
  readonly #service: number;
  readonly #threads: ThreadSlot;
  readonly #numbers: Int32Array;
  // Not Atomics.waitAsync: in Deno 2.5 it wakes nobody until something else does.
  readonly #tellOthers: (() => void) | undefined;
  #waitingHere = 0;
  #woken: PromiseWithResolvers<void> | undefined;

  constructor({ clients, service, threads, memory, tellOthers }: Places) {
    this.#tellOthers = tellOthers;
    this.#clients = clients;
    this.#service = service;
    this.#threads = threads;
    this.#numbers = new Int32Array(memory);
  }

  /** How many connections are open. */
  get open(): number {
    let open = 0;
    for (let i = 0; i < this.#threads.threads; i++) {
      open += Atomics.load(this.#numbers, OPEN + i);
    }
    return open;
  }

  /** Whether `max_connections` are open. */
  get full(): boolean {
    return this.open >= this.maxConnections;
  }

  /**
   * Counts a new connection in.
   *
   * @param client Absent while it is not known whose it is: see {@linkcode identify}.
   * @returns Why it must be closed instead; then it is not counted.
   */
  enter(client?: Client): Refusal | undefined {
    const clients = this.#clients;
    clients.lock();
    const refusal = this.full
      ? "max_connections"
      : client && this.#count(client);
    if (refusal === undefined) {
      Atomics.add(this.#numbers, OPEN + this.#threads.thread, 1);
    }
    clients.unlock();
    return refusal;
  }

  /**
   * Counts a connection for its client that {@linkcode enter} counted in without one.
   *
   * @returns Why it must be closed instead; then it is counted as before.
   */
  identify(client: Client): Refusal | undefined {
    this.#clients.lock();
    const refusal = this.#count(client);
    this.#clients.unlock();
    return refusal;
  }

  #count(client: Client): Refusal | undefined {
    const clients = this.#clients;
    const service = this.#service;
    const most = this.maxConnectionsPerClient;
    if (clients.count(client, service) >= most) {
      return "max_connections_per_client";
    }
    for (const network of client.wider) {
      if (clients.count(network, service) >= network.times * most) {
        return "max_connections_per_client";
      }
    }
    let counted = clients.add(client, service);
    for (const network of client.wider) {
      counted = clients.add(network, service) && counted;
    }
    if (counted || most === Infinity) return;
    this.#uncount(client);
    return "max_connections_per_client";
  }

  /** Counts a connection out that {@linkcode enter} counted in, for its client if it has one. */
  leave(client?: Client): void {
    const clients = this.#clients;
    clients.lock();
    Atomics.sub(this.#numbers, OPEN + this.#threads.thread, 1);
    if (client) this.#uncount(client);
    clients.unlock();
    this.wake();
  }

  #uncount(client: Client): void {
    this.#clients.remove(client, this.#service);
    for (const network of client.wider) {
      this.#clients.remove(network, this.#service);
    }
  }

  /** Removes the connections of a thread that has died. Its clients are for {@linkcode ClientTable.forget}. */
  forget(thread: number): void {
    Atomics.store(this.#numbers, OPEN + thread, 0);
    this.wake();
  }

  /** Changes whenever a connection leaves or {@linkcode wake} is called, in any thread. */
  get news(): number {
    return Atomics.load(this.#numbers, NEWS);
  }

  /** Resolves when there is other news than `known`: read that first, then look whether there is anything to wait for. */
  async whenNews(known: number): Promise<void> {
    Atomics.add(this.#numbers, WAITING, 1);
    this.#waitingHere++;
    if (this.news === known) {
      this.#woken ??= Promise.withResolvers<void>();
      await this.#woken.promise;
    }
    this.#waitingHere--;
    Atomics.sub(this.#numbers, WAITING, 1);
  }

  /** Has those who wait look again: the limits have changed, or they are to stop. */
  wake(): void {
    Atomics.add(this.#numbers, NEWS, 1);
    const others = Atomics.load(this.#numbers, WAITING) - this.#waitingHere;
    if (others > 0) this.#tellOthers?.();
    this.wakeHere();
  }

  /** Has those of this thread who wait look again. */
  wakeHere(): void {
    this.#woken?.resolve();
    this.#woken = undefined;
  }
}
