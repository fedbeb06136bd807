/**
 * @module
 */

import type { Endpoint } from "../config/endpoint.ts";
import { listenTcp } from "../listeners/listen_tcp.ts";
import type { Listener } from "../listeners/listener.ts";
import type { RunningService } from "../listeners/running_service.ts";
import type { WorkerCommand } from "./messages.ts";

/** The workers, as a listener needs them. */
interface Pool {
  all(command: WorkerCommand): Promise<void>;
  release(listener: WorkerListener): Promise<void>;
}

/** A TCP address that every worker listens on. */
export class WorkerListener implements Listener {
  #address: Endpoint;
  readonly id: number;
  readonly #workers: Pool;
  #context: RunningService;
  #released: Promise<void> | undefined;

  /** Use {@linkcode WorkerPool.bind}. The address is free, as far as this process is concerned, once this returns. @throws {BindError} */
  constructor(
    workers: Pool,
    id: number,
    wanted: Endpoint,
    context: RunningService,
  ) {
    this.#workers = workers;
    this.#context = context;
    this.id = id;
    this.#address = probe(wanted);
  }

  get address(): Endpoint {
    return this.#address;
  }

  get context(): RunningService {
    return this.#context;
  }

  handOver(context: RunningService, hostname: string): void {
    const isSame = hostname === this.#address.hostname;
    if (context === this.#context && isSame) return;
    this.#context = context;
    this.#address = { ...this.#address, hostname };
    const { spec, memory } = context;
    this.#workers.all({
      do: "hand over",
      listener: this.id,
      service: { spec, memory },
      hostname,
    });
  }

  async serve(): Promise<void> {
    await this.#workers.all({ do: "serve", listener: this.id });
  }

  stop(): Promise<void> {
    this.#released ??= this.#workers.release(this);
    return this.#released;
  }

  async drained(): Promise<void> {
    await this.#workers.all({ do: "drain", listener: this.id });
  }

  abort(reason: string): void {
    this.#workers.all({ do: "abort", listener: this.id, reason });
  }
}

/**
 * Finds out whether an address can be bound, and which port 0 becomes. Sockets
 * that share a port would share it with those of another mynah too, and take
 * turns with it in silence; this one does not share.
 *
 * @throws {BindError}
 */
function probe(wanted: Endpoint): Endpoint {
  const listener = listenTcp(wanted);
  const { port } = listener.addr;
  listener.close();
  return { ...wanted, port };
}
