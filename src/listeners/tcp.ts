/**
 * TCP: accepts, refuses whom the limits exclude, and has the others served.
 *
 * @module
 */

import { type Address, formatAddress } from "../config/address.ts";
import { clientKey } from "../guard/client_key.ts";
import { AT } from "../telemetry/counters.ts";
import { BindError } from "./bind_error.ts";
import { Connection } from "./connection.ts";
import type { Listener } from "./listener.ts";
import { formatPeer } from "./peer.ts";
import type { ServiceContext } from "./service_context.ts";

/** The queue of connections not yet accepted; Deno's own default of 511 makes a burst of a thousand wait a second. */
const BACKLOG = 4096;
/** When accepting fails, try again when a connection ends, and at the latest after this: others free descriptors too. */
const ACCEPT_RETRY_MS = 1000;
/** A failure to accept is reported at most so often. */
const ACCEPT_REPORT_MS = 10_000;
/** Idle connections are looked for this many times per idle timeout, within bounds. */
const SWEEPS_PER_TIMEOUT = 8;
const MIN_SWEEP_MS = 20;
const MAX_SWEEP_MS = 5000;

/** A bound TCP address and the connections that it accepted. */
export class TcpListener implements Listener {
  readonly address: Address;
  context: ServiceContext;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Connection>();
  #closed = false;
  #mayReportAt = 0;
  #sweeper: ReturnType<typeof setTimeout> | undefined;
  #drained: PromiseWithResolvers<void> | undefined;

  /** @throws {BindError} */
  static bind(address: Address, context: ServiceContext): TcpListener {
    try {
      return new TcpListener(address, listen(address), context);
    } catch (error) {
      throw new BindError(address, error);
    }
  }

  private constructor(
    address: Address,
    listener: Deno.TcpListener,
    context: ServiceContext,
  ) {
    this.address = { ...address, port: listener.addr.port };
    this.context = context;
    this.#listener = listener;
  }

  get open(): number {
    return this.#connections.size;
  }

  async serve(): Promise<void> {
    while (!this.#closed) {
      while (this.#mustWait) await this.context.connections.whenFewer();
      let socket: Deno.TcpConn;
      try {
        socket = await this.#listener.accept();
      } catch (error) {
        if (!this.#closed) await this.#acceptFailed(error);
        continue;
      }
      // Since then, the service's other addresses may have filled it; and of all who are woken, only one may go on.
      while (this.#mustWait) await this.context.connections.whenFewer();
      if (this.#closed) socket.close();
      else this.#take(socket);
    }
  }

  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.context.connections.wake();
  }

  async drained(): Promise<void> {
    if (this.#connections.size === 0) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
  }

  abort(reason: string): void {
    for (const connection of this.#connections) connection.end(reason);
  }

  /** With `when_full: wait`, whether the service is full: until it is not, the kernel's queue holds whoever comes. */
  get #mustWait(): boolean {
    return !this.#closed && this.context.limits.whenFull === "wait" &&
      this.context.connections.full;
  }

  #take(socket: Deno.TcpConn): void {
    const { context } = this;
    const { remoteAddr } = socket;
    const client = clientKey(remoteAddr.hostname);
    const refusal = !context.mayConnect(remoteAddr.hostname)
      ? "denied"
      : context.connections.enter(client);
    if (refusal !== undefined) {
      socket.close();
      context.counters.values[AT[`refused_${refusal}`]]++;
      context.refusals.add(() => ({
        service: context.name,
        address: formatAddress(this.address),
        client: formatPeer(remoteAddr),
        reason: refusal,
      }));
      return;
    }
    context.counters.values[AT.accepted]++;
    const connection = new Connection(socket, context, this.address);
    this.#connections.add(connection);
    this.#sweepLater();
    connection.serve().then(() => {
      this.#connections.delete(connection);
      context.connections.leave(client);
      if (this.#connections.size === 0) this.#empty();
      context.shared.onExchange?.();
    });
  }

  #empty(): void {
    this.#drained?.resolve();
    clearTimeout(this.#sweeper);
    this.#sweeper = undefined;
  }

  /** A client that gave up before it was accepted is nobody else's problem; without free descriptors, wait for one. */
  async #acceptFailed(error: unknown): Promise<void> {
    if (
      error instanceof Deno.errors.ConnectionAborted ||
      error instanceof Deno.errors.ConnectionReset ||
      // Linux hands out a socket that was reset meanwhile, and Deno then asks whose it is.
      error instanceof Deno.errors.NotConnected
    ) return;
    const now = performance.now();
    if (now >= this.#mayReportAt) {
      this.#mayReportAt = now + ACCEPT_REPORT_MS;
      this.context.shared.log.error("cannot accept connections", {
        service: this.context.name,
        address: formatAddress(this.address),
        reason: error instanceof Error ? error.message : String(error),
        open: this.open,
      });
    }
    const later = Promise.withResolvers<void>();
    const timer = setTimeout(later.resolve, ACCEPT_RETRY_MS);
    await Promise.race([later.promise, this.context.connections.whenFewer()]);
    clearTimeout(timer);
  }

  /** Looks for idle connections from time to time, as long as there are any connections: cheaper than a timer for each. */
  #sweepLater(): void {
    const { idleTimeoutMs } = this.context.limits;
    if (
      this.#sweeper !== undefined || idleTimeoutMs === undefined ||
      this.#connections.size === 0
    ) return;
    const interval = idleTimeoutMs / SWEEPS_PER_TIMEOUT;
    this.#sweeper = setTimeout(
      () => this.#sweep(),
      Math.min(Math.max(interval, MIN_SWEEP_MS), MAX_SWEEP_MS),
    );
  }

  #sweep(): void {
    this.#sweeper = undefined;
    const now = performance.now();
    for (const connection of this.#connections) connection.endIfIdle(now);
    this.#sweepLater();
  }
}

function listen({ hostname, port }: Address): Deno.TcpListener {
  const options = { port, tcpBacklog: BACKLOG };
  if (hostname !== "*") return Deno.listen({ ...options, hostname });
  try {
    return Deno.listen({ ...options, hostname: "::" });
  } catch (error) {
    if (
      error instanceof Deno.errors.AddrInUse ||
      error instanceof Deno.errors.PermissionDenied
    ) throw error;
    // A machine without IPv6.
    return Deno.listen({ ...options, hostname: "0.0.0.0" });
  }
}
