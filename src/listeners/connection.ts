/**
 * One TCP connection, from accepted to closed and accounted for.
 *
 * @module
 */

import type { Client } from "../guard/client_key.ts";
import type { Turn } from "../guard/eviction.ts";
import type { Addresses } from "../services/service.ts";
import type { Listed } from "./connection_list.ts";
import { CountedStream } from "./counted_stream.ts";
import { formatPeer } from "./peer.ts";
import type { RunningService } from "./running_service.ts";
import { turns } from "./read_turns.ts";
import { Unread } from "./unread.ts";
import { reasonOf } from "../base/reason.ts";

/** After the service is done, this much of what the client still sends is read and dropped, for at most this long. */
const LINGER_BYTES = 256 * 1024;
export const LINGER_MS = 2000;

/**
 * A write that waits goes on when the client has read a third of what the kernel
 * holds for it, and until then Deno lets one see nothing: 1.5 MB of the 4 MB that
 * Linux gives a socket at most (`net.ipv4.tcp_wmem`). At 8 KiB a second that takes
 * 3 minutes.
 */
const SLOW_READER_MS = 240_000;

/** The buffer for input that is dropped. All connections share it, since nobody looks at its content. */
const scrap = new Uint8Array(4096);

/** The listener that accepted a connection, as the connection sees it. */
export interface Owner {
  readonly context: RunningService;
  /** The address that it was accepted on, as logs show it. */
  readonly name: string;
  /** Called when a connection is closed and needs nothing more. */
  ended(connection: Connection): void;
  /**
   * Called when the system has the socket back. That is at once, except in Deno
   * 2.5, where closing a socket does not end a pending write: there the client must
   * read or leave first.
   */
  freed(connection: Connection): void;
}

/** What the PROXY header of a connection says. */
export interface Proxied {
  /** The client; the load balancer itself where it names none. */
  readonly peer: Deno.NetAddr;
  /** The load balancer, where it names a client. */
  readonly via?: Deno.NetAddr;
  /** What came behind the header. */
  readonly rest: Uint8Array;
}

/** A connection that a service answers. */
export class Connection implements Listed {
  place = 0;
  readonly client: Client;
  /** The service that accepted it. A reload may give the address to another one. */
  readonly context: RunningService;
  readonly #socket: Deno.TcpConn;
  readonly #owner: Owner;
  readonly #proxied: Proxied | undefined;
  readonly #stream: CountedStream;
  readonly #startedAt = performance.now();
  /** When bytes last moved, as far as {@linkcode Connection.endIfLate} saw. */
  #activeAt = this.#startedAt;
  #bytesThen = 0;
  /** When lingering is over. */
  #lingersUntil = Infinity;
  #reason = "";
  /** Why it was closed from this side, if it was. */
  #endReason: string | undefined;
  #ending: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(
    socket: Deno.TcpConn,
    client: Client,
    context: RunningService,
    owner: Owner,
    proxied?: Proxied,
  ) {
    this.#socket = socket;
    this.client = client;
    this.context = context;
    this.#owner = owner;
    this.#proxied = proxied;
    this.#stream = new CountedStream(
      proxied && proxied.rest.length > 0
        ? new Unread(socket, proxied.rest)
        : socket,
      this,
      context.counters,
    );
  }

  /** Has the service answer, then closes. Never rejects: an error ends this connection and no other. */
  async serve(): Promise<void> {
    turns.enter();
    try {
      this.#socket.setNoDelay(true);
      await this.context.service.stream(this.#stream);
      this.#reason = this.#stream.ended ? "client closed" : "done";
      if (!this.#stream.ended) await this.#linger();
    } catch (error) {
      this.#reason = endReason(error);
      if (!isOfSystem(error)) this.#logBug(error);
    }
    this.#close();
    this.#owner.freed(this);
    this.#finish();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#ending !== undefined) clearTimeout(this.#ending);
    turns.leave();
    this.#report();
    this.#owner.ended(this);
  }

  #report(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.context.counters.addDuration(seconds);
    const { bytesIn, bytesOut } = this.#stream;
    const fields = () => ({
      service: this.context.name,
      address: this.#owner.name,
      client: formatPeer(this.peer),
      ...(this.via ? { via: formatPeer(this.via) } : {}),
      bytes_in: bytesIn,
      bytes_out: bytesOut,
      seconds: Math.round(seconds * 1000) / 1000,
      reason: this.#endReason ?? this.#reason,
    });
    // A connection without a byte is most likely a health check.
    const isEmpty = bytesIn + bytesOut === 0 && this.#endReason === undefined;
    this.context.log[isEmpty ? "debug" : "info"]("connection ended", fields);
  }

  /** Any error that does not come from a socket is a fault of the service. */
  #logBug(error: unknown): void {
    this.context.log.error("service failed", () => ({
      service: this.context.name,
      address: this.#owner.name,
      error: String(error instanceof Error ? error.stack : error),
    }));
  }

  /** Who asks, and where. */
  get addresses(): Addresses {
    return { local: this.#socket.localAddr, client: this.peer, via: this.via };
  }

  /** The client, which may be behind a load balancer. */
  get peer(): Deno.NetAddr {
    return this.#proxied?.peer ?? this.#socket.remoteAddr;
  }

  /** The load balancer in between. */
  get via(): Deno.NetAddr | undefined {
    return this.#proxied?.via;
  }

  /** Whose turn it is. */
  get turn(): Turn {
    return this.#stream.turn;
  }

  /** Closes the connection now. */
  end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#close();
    if (this.#isOver) return;
    // In the next turn of the event loop, everything that closing ends has ended.
    this.#ending = setTimeout(() => this.#finish());
  }

  /**
   * Closes the connection if nothing moved for the idle timeout, or if it has
   * lingered long enough. To be asked from time to time. A client that reads
   * slowly has until {@linkcode SLOW_READER_MS}, as long as others find room.
   */
  endIfLate(now: number): void {
    if (now >= this.#lingersUntil) return this.#close();
    const { idleTimeoutMs } = this.context.limits;
    const bytes = this.#stream.bytesIn + this.#stream.bytesOut;
    if (bytes !== this.#bytesThen) {
      this.#bytesThen = bytes;
      this.#activeAt = now;
      return;
    }
    const idleMs = now - this.#activeAt;
    if (idleTimeoutMs === undefined || idleMs < idleTimeoutMs) return;
    const mayBeReading = this.#stream.writing && idleMs < SLOW_READER_MS &&
      !this.context.connections.full;
    if (!mayBeReading) this.end("idle timeout");
  }

  /**
   * Says that nothing more comes, and reads off what the client still sends, up
   * to a bound. To close a socket with unread input resets it, and the reset can
   * overtake the answer.
   */
  async #linger(): Promise<void> {
    this.#lingersUntil = performance.now() + LINGER_MS;
    await this.#socket.closeWrite();
    const most = this.#stream.bytesIn + LINGER_BYTES;
    try {
      while (
        this.#stream.bytesIn < most && await this.#stream.read(scrap) !== null
      );
    } catch {
      // The answer has been sent. How the client leaves makes no difference.
    }
  }

  #close(): void {
    try {
      this.#socket.close();
    } catch (error) {
      // Closed before: by `end`, or when lingering took too long.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

function isOfSystem(error: unknown): boolean {
  return Object.values(Deno.errors).some((type) => error instanceof type);
}

function endReason(error: unknown): string {
  if (
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected
  ) return "reset by client";
  return reasonOf(error);
}
