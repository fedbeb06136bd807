/**
 * UDP: receives, asks the service, answers.
 *
 * @module
 */

import {
  type Address,
  formatAddress,
  formatHostPort,
} from "../config/address.ts";
import { BindError } from "./bind_error.ts";
import type { Listener, ListenerOptions } from "./listener.ts";

/**
 * Receives in flight at once on one socket. The kernel's queue is emptied in one
 * turn of the event loop instead of one datagram a turn.
 */
const RECEIVERS = 16;
/** The largest UDP payload is 65,507 bytes over IPv4 and 65,527 over IPv6. */
const MAX_DATAGRAM = 65536;
/** When receiving fails, try again after this long; a failure is reported at most every ten seconds. */
const RECEIVE_RETRY_MS = 100;
const REPORT_MS = 10_000;

/** A bound UDP address. */
export class UdpListener implements Listener {
  readonly address: Address;
  readonly open = 0;
  readonly #socket: Deno.DatagramConn;
  readonly #options: ListenerOptions;
  #closed = false;
  #mayReportAt = 0;

  /** @throws {BindError} */
  static bind(address: Address, options: ListenerOptions): UdpListener {
    try {
      const socket = Deno.listenDatagram({
        transport: "udp",
        hostname: address.hostname === "*" ? "::" : address.hostname,
        port: address.port,
      });
      return new UdpListener(address, socket, options);
    } catch (error) {
      throw new BindError(address, error);
    }
  }

  private constructor(
    address: Address,
    socket: Deno.DatagramConn,
    options: ListenerOptions,
  ) {
    this.address = { ...address, port: (socket.addr as Deno.NetAddr).port };
    this.#socket = socket;
    this.#options = options;
  }

  async serve(): Promise<void> {
    const receivers = Array.from({ length: RECEIVERS }, () => this.#receive());
    await Promise.all(receivers);
  }

  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  async drained(): Promise<void> {}

  abort(): void {}

  async #receive(): Promise<void> {
    const buffer = new Uint8Array(MAX_DATAGRAM);
    while (!this.#closed) {
      let received: [Uint8Array, Deno.Addr];
      try {
        received = await this.#socket.receive(buffer);
      } catch (error) {
        if (!this.#closed) await this.#receiveFailed(error);
        continue;
      }
      await this.#answer(received[0], received[1] as Deno.NetAddr);
    }
  }

  async #answer(datagram: Uint8Array, sender: Deno.NetAddr): Promise<void> {
    const { service, log, onExchange } = this.#options;
    try {
      const answer = service.datagram(datagram);
      if (answer === null) return;
      await this.#socket.send(answer, sender);
      if (log.debugging) this.#logExchange(datagram, answer, sender);
      onExchange?.();
    } catch (error) {
      // Not worth more than a debug line: whoever forges a sender chooses how sending fails.
      if (log.debugging && !this.#closed) this.#logFailure(sender, error);
    }
  }

  /** Rare, and without an event to wait for: the network stack is out of memory, or Windows passes on a sender's ICMP error. */
  async #receiveFailed(error: unknown): Promise<void> {
    const now = performance.now();
    if (now >= this.#mayReportAt) {
      this.#mayReportAt = now + REPORT_MS;
      this.#options.log.error("cannot receive datagrams", {
        ...this.#fields(),
        reason: String(error),
      });
    }
    await new Promise((resolve) => setTimeout(resolve, RECEIVE_RETRY_MS));
  }

  #logExchange(
    datagram: Uint8Array,
    answer: Uint8Array,
    { hostname, port }: Deno.NetAddr,
  ): void {
    this.#options.log.debug("datagram answered", {
      ...this.#fields(),
      client: formatHostPort(hostname, port),
      bytes_in: datagram.length,
      bytes_out: answer.length,
    });
  }

  #logFailure({ hostname, port }: Deno.NetAddr, error: unknown): void {
    this.#options.log.debug("datagram not answered", {
      ...this.#fields(),
      client: formatHostPort(hostname, port),
      reason: error instanceof Error ? error.message : String(error),
    });
  }

  #fields() {
    return {
      service: this.#options.name,
      address: formatAddress(this.address),
    };
  }
}
