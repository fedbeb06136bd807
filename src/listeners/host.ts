/**
 * Where listeners run: in this thread, or in a pool of workers that stands in
 * for it.
 *
 * @module
 */

import type { Endpoint } from "../config/endpoint.ts";
import { SINGLE_THREAD, type ThreadSlot } from "../base/thread_slot.ts";
import { ClientTable } from "../guard/client_table.ts";
import type { Listener } from "./listener.ts";
import type { OtherThreads, RunningService } from "./running_service.ts";
import { TcpListener } from "./tcp.ts";
import { UdpListener } from "./udp.ts";

/** What binds the addresses of services. */
export interface Host {
  /** The threads that count together, this one included. */
  readonly threads: ThreadSlot;
  /** How many connections each client has, over all threads. */
  readonly clients: ClientTable;
  /** The other threads, if there are any. */
  readonly others?: OtherThreads;
  /** The services that run or still have connections. The supervisor keeps this up to date. */
  services: readonly RunningService[];
  /**
   * Binds an address.
   *
   * @throws {BindError}
   */
  bind(address: Endpoint, context: RunningService): Promise<Listener>;
  /** Passes on that a service's config has changed. */
  update(context: RunningService): void;
  /** Resolves when all that was passed on is done. */
  settled(): Promise<void>;
}

/** Binds in this thread. */
export class ThisThread implements Host {
  readonly threads = SINGLE_THREAD;
  readonly clients = new ClientTable(SINGLE_THREAD);
  services: readonly RunningService[] = [];

  bind(address: Endpoint, context: RunningService): Promise<Listener> {
    return bindHere(address, context);
  }

  update(): void {}

  settled(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Binds an address in this thread.
 *
 * @throws {BindError}
 */
export async function bindHere(
  address: Endpoint,
  context: RunningService,
): Promise<Listener> {
  return address.transport === "udp"
    ? await UdpListener.bind(address, context)
    : TcpListener.bind(address, context);
}
