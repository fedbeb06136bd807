/**
 * TCP: accepts, refuses whom the limits exclude, and has the others served.
 *
 * @module
 */

import { formatAddress } from "../base/address.ts";
import type { Endpoint } from "../config/endpoint.ts";
import type { Refusal } from "../guard/connection_limits.ts";
import { AT } from "../telemetry/counters.ts";
import { Connection, LINGER_MS, type Owner } from "./connection.ts";
import { ConnectionList } from "./connection_list.ts";
import { type HeaderFault, HeaderReader } from "./header_reader.ts";
import { type ListenOptions, listenTcp } from "./listen_tcp.ts";
import type { Listener } from "./listener.ts";
import { LoopYielder } from "./loop_yielder.ts";
import { formatPeer } from "./peer.ts";
import { isShortage } from "./spare_descriptors.ts";
import type { RunningService } from "./running_service.ts";
import { settledWithin } from "../base/time.ts";
import { reasonOf } from "../base/reason.ts";

/**
 * So many are accepted before others have their turn: in a flood of connections
 * accepting would use up all of tokio's 128 operations (`turns.ts`) each time, and
 * who is connected, datagrams and the admin address wait for seconds.
 */
const ACCEPTS_PER_TURN = 32;
/** When accepting fails, try again when a connection ends, and at the latest after this: others free descriptors too. */
const ACCEPT_RETRY_MS = 1000;
/** A failure to accept is reported at most so often. */
const ACCEPT_REPORT_MS = 10_000;
/** Connections that are late are looked for this many times per time-out. */
const SWEEPS_PER_TIMEOUT = 8;
const MIN_SWEEP_MS = 20;
const MAX_SWEEP_MS = LINGER_MS / 4;

/** A client that is not served. */
interface Refused {
  readonly reason: Refusal | "denied" | HeaderFault["reason"];
  readonly peer: Deno.NetAddr;
  /** The load balancer in between. */
  readonly via?: Deno.NetAddr;
  /** What is wrong with its header. */
  readonly detail?: string;
}

/** A bound TCP address and the connections that it accepted. */
export class TcpListener implements Listener, Owner {
  #address: Endpoint;
  #name: string;
  #context: RunningService;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new ConnectionList<Connection | HeaderReader>();
  readonly #others = new LoopYielder();
  #closed = false;
  #mayReportAt = 0;
  #sweeper: ReturnType<typeof setTimeout> | undefined;
  #drained: PromiseWithResolvers<void> | undefined;
  #serving = Promise.resolve();

  /** @throws {BindError} */
  static bind(
    address: Endpoint,
    context: RunningService,
    options?: ListenOptions,
  ): TcpListener {
    return new TcpListener(address, listenTcp(address, options), context);
  }

  private constructor(
    address: Endpoint,
    listener: Deno.TcpListener,
    context: RunningService,
  ) {
    this.#address = { ...address, port: listener.addr.port };
    this.#name = formatAddress(this.#address);
    this.#context = context;
    this.#listener = listener;
  }

  get address(): Endpoint {
    return this.#address;
  }

  get name(): string {
    return this.#name;
  }

  get context(): RunningService {
    return this.#context;
  }

  handOver(context: RunningService, hostname: string): void {
    this.#address = { ...this.#address, hostname };
    this.#name = formatAddress(this.#address);
    const before = this.#context;
    this.#context = context;
    // Whoever is held back because the one before is full need not wait any longer.
    if (before !== context) before.connections.wake();
  }

  serve(): Promise<void> {
    this.#serving = this.#accept();
    return this.#serving;
  }

  async #accept(): Promise<void> {
    for (let accepted = 1; !this.#closed; accepted++) {
      // Where somebody may have to make way for the next, whoever has sent a request is heard first.
      if (accepted % ACCEPTS_PER_TURN === 0 || this.context.crowd?.full) {
        await this.#others.take();
      }
      if (this.context.shared.shortage?.now) {
        await this.#pause();
        continue;
      }
      // Asked here, too: most services need not make a promise for each connection.
      if (this.context.limits.whenFull === "wait") await this.#whenRoom();
      let socket: Deno.TcpConn;
      try {
        socket = await this.#listener.accept();
      } catch (error) {
        if (!this.#closed) await this.#acceptFailed(error);
        continue;
      }
      if (!this.#take(socket)) await this.#takeLater(socket);
    }
  }

  /** The system has a closed socket back when what waits on it has noticed. */
  stop(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#listener.close();
      this.#others.close();
      if (this.#connections.size === 0) clearTimeout(this.#sweeper);
      this.context.connections.wake();
    }
    return this.#serving;
  }

  async drained(): Promise<void> {
    if (this.#connections.size === 0) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
  }

  abort(reason: string): void {
    this.#connections.forEach((connection) => connection.end(reason));
  }

  /** With `when_full: wait`, waits while the service is full: until it is not, the kernel's queue holds whoever comes. */
  async #whenRoom(): Promise<void> {
    while (!this.#closed && this.context.limits.whenFull === "wait") {
      const { connections } = this.context;
      const { news } = connections;
      if (!connections.full) return;
      await connections.whenNews(news);
    }
  }

  /** Takes a client, or refuses it, once there is room. */
  async #takeLater(socket: Deno.TcpConn): Promise<void> {
    do {
      await this.#whenRoom();
      if (this.#closed) return socket.close();
      // Of all addresses and threads that the news of room wakes, only one gets it.
    } while (!this.#take(socket));
  }

  /** Returns whether the client is taken care of: served, or refused. Else it has to wait for room. */
  #take(socket: Deno.TcpConn): boolean {
    const { context } = this;
    const { remoteAddr } = socket;
    const { client, allowed, isProxy } = context.tcpClients.get(
      remoteAddr.hostname,
    );
    // A load balancer takes a place at once; whether its client may come, its header decides.
    const refusal = isProxy
      ? context.connections.enter()
      : allowed
      ? this.#makeRoom(remoteAddr) ?? context.connections.enter(client)
      : "denied";
    if (
      refusal === "max_connections" && context.limits.whenFull === "wait"
    ) return false;
    if (refusal !== undefined) {
      this.#refuse(context, { reason: refusal, peer: remoteAddr });
      socket.close();
    } else if (isProxy) {
      this.#takeProxied(socket, context);
    } else {
      const connection = new Connection(socket, client, context, this);
      context.crowd?.add(remoteAddr.hostname, connection);
      this.#serve(connection);
    }
    return true;
  }

  /** Waits for a load balancer's header, and takes or refuses the client that it names. Never rejects. */
  async #takeProxied(
    socket: Deno.TcpConn,
    context: RunningService,
  ): Promise<void> {
    const { remoteAddr } = socket;
    const reader = new HeaderReader(socket);
    this.#connections.add(reader);
    this.#sweepLater();
    const found = await reader.read();
    if (found && "header" in found) {
      const { header: { source }, rest } = found;
      const peer = source
        ? { transport: remoteAddr.transport, ...source }
        : remoteAddr;
      const { client, allowed } = context.tcpClients.get(peer.hostname);
      const reason = allowed ? context.connections.identify(client) : "denied";
      if (reason === undefined) {
        const proxied = { peer, via: source && remoteAddr, rest };
        this.#serve(new Connection(socket, client, context, this, proxied));
        return this.#remove(reader);
      }
      this.#refuse(context, { reason, peer, via: source && remoteAddr });
    } else if (found) this.#refuse(context, { ...found, peer: remoteAddr });
    reader.end();
    context.connections.leave();
    this.#remove(reader);
  }

  #serve(connection: Connection): void {
    connection.context.counters.values[AT.accepted]++;
    this.#connections.add(connection);
    this.#sweepLater();
    connection.serve();
  }

  /** Counts and logs a refusal. To be called before the connection is closed: whoever sees the end then sees it in the metrics too, on whatever thread. */
  #refuse(context: RunningService, refused: Refused): void {
    context.counters.values[AT[`refused_${refused.reason}`]]++;
    this.#logRefusal(context, refused);
  }

  /** In a service of mynah's own that is full, has somebody leave in favour of a newcomer. Returns why nobody can. */
  #makeRoom({ hostname }: Deno.NetAddr): Refusal | undefined {
    const { crowd } = this.context;
    if (crowd === undefined) return;
    const { limit, leaves } = crowd.decide(hostname);
    if (limit === undefined || leaves === undefined) return limit;
    const { connection } = leaves;
    crowd.remove(connection);
    connection.end("made way");
    this.#logRefusal(this.context, { reason: limit, peer: connection.peer });
  }

  #logRefusal(
    context: RunningService,
    { reason, peer, via, detail }: Refused,
  ): void {
    context.refusals.add(() => ({
      service: context.name,
      address: this.name,
      client: formatPeer(peer),
      ...(via ? { via: formatPeer(via) } : {}),
      reason,
      ...(detail === undefined ? {} : { detail }),
    }));
  }

  ended(connection: Connection): void {
    connection.context.crowd?.remove(connection);
    this.#remove(connection);
    connection.context.shared.onExchange?.();
  }

  #remove(connection: Connection | HeaderReader): void {
    this.#connections.remove(connection);
    if (this.#connections.size === 0) {
      this.#drained?.resolve();
      if (this.#closed) clearTimeout(this.#sweeper);
    }
  }

  /** Whoever keeps a descriptor keeps the place, or the limits would not hold for descriptors. */
  freed({ context, client }: Connection): void {
    context.connections.leave(client);
  }

  /** A client that gave up before it was accepted is nobody else's problem; without free descriptors, wait for one. */
  async #acceptFailed(error: unknown): Promise<void> {
    if (
      error instanceof Deno.errors.ConnectionAborted ||
      error instanceof Deno.errors.ConnectionReset ||
      // Linux hands out a socket that was reset meanwhile, and Deno then asks whose it is.
      error instanceof Deno.errors.NotConnected
    ) return;
    const { internal, shared } = this.context;
    if (internal && isShortage(error) && shared.spares?.giveUp()) return;
    const now = performance.now();
    if (now >= this.#mayReportAt) {
      this.#mayReportAt = now + ACCEPT_REPORT_MS;
      shared.log.error("cannot accept connections", {
        service: this.context.name,
        address: this.name,
        reason: reasonOf(error),
        open: this.#connections.size,
      });
    }
    await this.#pause();
  }

  /** Waits until a connection ends, but not for long. */
  async #pause(): Promise<void> {
    const { connections } = this.context;
    const news = connections.whenNews(connections.news);
    await settledWithin(news, ACCEPT_RETRY_MS);
  }

  /** Looks for connections that are late from time to time, as long as there are any: cheaper than a timer for each. */
  #sweepLater(): void {
    if (this.#sweeper !== undefined || this.#connections.size === 0) return;
    const { idleTimeoutMs = Infinity } = this.context.limits;
    const interval = idleTimeoutMs / SWEEPS_PER_TIMEOUT;
    this.#sweeper = setTimeout(
      () => this.#sweep(),
      Math.min(Math.max(interval, MIN_SWEEP_MS), MAX_SWEEP_MS),
    );
  }

  #sweep(): void {
    this.#sweeper = undefined;
    const now = performance.now();
    this.#connections.forEach((connection) => connection.endIfLate(now));
    this.#sweepLater();
  }
}
