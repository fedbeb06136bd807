/**
 * TCP: accepts, hands each connection to the service, ends and accounts for it.
 *
 * @module
 */

import {
  type Address,
  formatAddress,
  formatHostPort,
} from "../config/address.ts";
import { BindError } from "./bind_error.ts";
import { CountedStream } from "./counted_stream.ts";
import type { Listener, ListenerOptions } from "./listener.ts";

/** The queue of connections not yet accepted; Deno's own default of 511 makes a burst of a thousand wait a second. */
const BACKLOG = 4096;
/** After the service is done, so much of what the client still sends is read off, and for so long: see `linger`. */
const LINGER_BYTES = 256 * 1024;
const LINGER_MS = 2000;
/** When accepting fails, try again when a connection ends, and at the latest after this: others free descriptors too. */
const ACCEPT_RETRY_MS = 1000;
/** A failure to accept is reported at most so often. */
const ACCEPT_REPORT_MS = 10_000;

/** A connection that is open, and why it will end if not by itself. */
interface Open {
  readonly connection: Deno.TcpConn;
  endReason?: string;
}

/** A bound TCP address and the connections it accepted. */
export class TcpListener implements Listener {
  readonly address: Address;
  readonly #listener: Deno.TcpListener;
  readonly #options: ListenerOptions;
  readonly #connections = new Set<Open>();
  #closed = false;
  #fewer: PromiseWithResolvers<void> | undefined;
  #mayReportAt = 0;

  /** @throws {BindError} */
  static bind(address: Address, options: ListenerOptions): TcpListener {
    try {
      const listener = Deno.listen(
        {
          hostname: address.hostname === "*" ? "::" : address.hostname,
          port: address.port,
          tcpBacklog: BACKLOG,
        } as Deno.TcpListenOptions & { tcpBacklog: number },
      );
      return new TcpListener(address, listener, options);
    } catch (error) {
      throw new BindError(address, error);
    }
  }

  private constructor(
    address: Address,
    listener: Deno.TcpListener,
    options: ListenerOptions,
  ) {
    this.address = { ...address, port: listener.addr.port };
    this.#listener = listener;
    this.#options = options;
  }

  get open(): number {
    return this.#connections.size;
  }

  async serve(): Promise<void> {
    while (!this.#closed) {
      let connection: Deno.TcpConn;
      try {
        connection = await this.#listener.accept();
      } catch (error) {
        if (!this.#closed) await this.#acceptFailed(error);
        continue;
      }
      this.#handle(connection);
    }
  }

  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    this.#wakeWaiters();
  }

  async drained(): Promise<void> {
    while (this.#connections.size > 0) await this.#fewerConnections();
  }

  abort(reason: string): void {
    for (const open of this.#connections) {
      open.endReason ??= reason;
      close(open.connection);
    }
  }

  async #handle(connection: Deno.TcpConn): Promise<void> {
    const { name, log, service, onExchange } = this.#options;
    const startedAt = performance.now();
    const { hostname, port } = connection.remoteAddr;
    const stream = new CountedStream(connection);
    const open: Open = { connection };
    this.#connections.add(open);
    let reason: string;
    try {
      connection.setNoDelay(true);
      await service.stream(stream);
      reason = stream.ended ? "client closed" : "done";
      if (!stream.ended) await linger(connection, stream);
    } catch (error) {
      reason = open.endReason ?? explainEnd(error);
    }
    close(connection);
    this.#connections.delete(open);
    this.#wakeWaiters();
    log.info("connection ended", {
      service: name,
      address: formatAddress(this.address),
      client: formatHostPort(hostname, port),
      bytes_in: stream.bytesIn,
      bytes_out: stream.bytesOut,
      seconds: Math.round(performance.now() - startedAt) / 1000,
      reason: open.endReason ?? reason,
    });
    onExchange?.();
  }

  /** A client that gave up before it was accepted is nobody's problem; without free descriptors, wait for one. */
  async #acceptFailed(error: unknown): Promise<void> {
    if (
      error instanceof Deno.errors.ConnectionAborted ||
      error instanceof Deno.errors.ConnectionReset
    ) return;
    const now = performance.now();
    if (now >= this.#mayReportAt) {
      this.#mayReportAt = now + ACCEPT_REPORT_MS;
      this.#options.log.error("cannot accept connections", {
        service: this.#options.name,
        address: formatAddress(this.address),
        reason: error instanceof Error ? error.message : String(error),
        open: this.#connections.size,
      });
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ACCEPT_RETRY_MS);
    });
    await Promise.race([later, this.#fewerConnections()]);
    clearTimeout(timer);
  }

  /** Resolves when a connection ends, or when accepting stops. */
  #fewerConnections(): Promise<void> {
    this.#fewer ??= Promise.withResolvers<void>();
    return this.#fewer.promise;
  }

  #wakeWaiters(): void {
    this.#fewer?.resolve();
    this.#fewer = undefined;
  }
}

/**
 * Ends a connection on which the client may still be sending. To close a socket
 * with unread input resets it, and a reset can overtake the answer: so say that
 * nothing more comes, and read off what does, up to a bound.
 */
async function linger(
  connection: Deno.TcpConn,
  stream: CountedStream,
): Promise<void> {
  await connection.closeWrite();
  const scrap = new Uint8Array(4096);
  const most = stream.bytesIn + LINGER_BYTES;
  const timer = setTimeout(close, LINGER_MS, connection);
  try {
    while (stream.bytesIn < most && await stream.read(scrap) !== null);
  } catch {
    // The answer is out; how the client leaves, or that it outstayed the bound, changes nothing.
  } finally {
    clearTimeout(timer);
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
    // Already closed by `abort` or by the time limit.
  }
}

function explainEnd(error: unknown): string {
  if (
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected
  ) return "reset by client";
  return error instanceof Error ? error.message : String(error);
}
