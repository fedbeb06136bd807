/**
 * One TCP connection, from accepted to closed and accounted for.
 *
 * @module
 */

import { type Address, formatAddress } from "../config/address.ts";
import { CountedStream } from "./counted_stream.ts";
import { formatPeer } from "./peer.ts";
import type { ServiceContext } from "./service_context.ts";
import { turns } from "./turns.ts";

/** After the service is done, so much of what the client still sends is read off, and for so long. */
const LINGER_BYTES = 256 * 1024;
const LINGER_MS = 2000;

/** A connection that a service answers. */
export class Connection {
  readonly #socket: Deno.TcpConn;
  readonly #context: ServiceContext;
  readonly #address: Address;
  readonly #stream: CountedStream;
  readonly #startedAt = performance.now();
  /** When bytes last moved, as far as {@linkcode Connection.endIfIdle} saw. */
  #activeAt = this.#startedAt;
  #bytesThen = 0;
  #reason = "";
  /** Why it was closed from this side, if it was. */
  #endReason: string | undefined;
  readonly #ended = Promise.withResolvers<void>();
  #ending: ReturnType<typeof setTimeout> | undefined;
  #freed: Promise<void> | undefined;

  constructor(socket: Deno.TcpConn, context: ServiceContext, address: Address) {
    this.#socket = socket;
    this.#context = context;
    this.#address = address;
    this.#stream = new CountedStream(socket, context.counters);
  }

  /**
   * What to wait for until the system has the socket back; nothing when it has.
   * To close a socket does not end a write to it in Deno 2.5: only a client that
   * reads or leaves does.
   */
  get freed(): Promise<void> | undefined {
    return this.#freed;
  }

  /** Has the service answer, then closes. Never rejects: an error ends this connection and no other. */
  async serve(): Promise<void> {
    turns.enter();
    try {
      this.#socket.setNoDelay(true);
      await Promise.race([this.#answer(), this.#ended.promise]);
      this.#reason = this.#stream.ended ? "client closed" : "done";
      if (!this.#stream.ended) await this.#linger();
    } catch (error) {
      this.#reason = explainEnd(error);
      if (!isOfSystem(error)) this.#logBug(error);
    }
    this.#close();
    clearTimeout(this.#ending);
    turns.leave();
  }

  /** Counts and logs it, when it has ended. */
  report(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#context.counters.addDuration(seconds);
    this.#context.shared.log.info("connection ended", {
      service: this.#context.name,
      address: formatAddress(this.#address),
      client: formatPeer(this.#socket.remoteAddr),
      bytes_in: this.#stream.bytesIn,
      bytes_out: this.#stream.bytesOut,
      seconds: Math.round(seconds * 1000) / 1000,
      reason: this.#endReason ?? this.#reason,
    });
  }

  /** A service that throws what no socket throws is at fault itself. */
  #logBug(error: unknown): void {
    this.#context.shared.log.error("service failed", {
      service: this.#context.name,
      address: formatAddress(this.#address),
      error: String(error instanceof Error ? error.stack : error),
    });
  }

  /** Closes the connection now. */
  end(reason: string): void {
    this.#endReason ??= reason;
    this.#close();
    if (this.#ending !== undefined) return;
    // By the next turn, whatever closing ends has ended.
    this.#ending = setTimeout(this.#ended.resolve);
  }

  /** Closes the connection if nothing moved for the idle timeout. To be asked a few times per timeout. */
  endIfIdle(now: number): void {
    const { idleTimeoutMs } = this.#context.limits;
    const bytes = this.#stream.bytesIn + this.#stream.bytesOut;
    if (bytes !== this.#bytesThen) {
      this.#bytesThen = bytes;
      this.#activeAt = now;
    } else if (
      idleTimeoutMs !== undefined && now - this.#activeAt >= idleTimeoutMs
    ) {
      this.end("idle timeout");
    }
  }

  async #answer(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#freed = promise;
    try {
      await this.#context.service.stream(this.#stream);
    } finally {
      this.#freed = undefined;
      resolve();
    }
  }

  /**
   * Says that nothing more comes, and reads off what the client still sends, up
   * to a bound. To close a socket with unread input resets it, and the reset can
   * overtake the answer.
   */
  async #linger(): Promise<void> {
    await this.#socket.closeWrite();
    const scrap = new Uint8Array(4096);
    const most = this.#stream.bytesIn + LINGER_BYTES;
    const timer = setTimeout(() => this.#close(), LINGER_MS);
    try {
      while (
        this.#stream.bytesIn < most && await this.#stream.read(scrap) !== null
      );
    } catch {
      // The answer is out; how the client leaves, or that it outstayed the bound, changes nothing.
    } finally {
      clearTimeout(timer);
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

function explainEnd(error: unknown): string {
  if (
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected
  ) return "reset by client";
  return error instanceof Error ? error.message : String(error);
}
