/**
 * One UDP socket: receives, asks the guard and the service, answers.
 *
 * @module
 */

import { formatHostPort } from "../config/address.ts";
import type { Silence } from "../guard/udp_guard.ts";
import { AT } from "../telemetry/counters.ts";
import { formatPeer } from "./peer.ts";
import type { ServiceContext } from "./service_context.ts";

/** Receives in flight at once: while one is answered, the next is there. More bring nothing, and cost a lone client a third (docs/performance.md). */
const RECEIVERS = 4;
/** The largest UDP payload is 65,507 bytes over IPv4 and 65,527 over IPv6. */
const MAX_DATAGRAM = 65_536;
/** When receiving fails, try again after this long; report it at most so often. */
const RECEIVE_RETRY_MS = 100;
const REPORT_MS = 10_000;

/** Why a datagram is not answered. */
type Reason = Silence | "no_answer" | "failed";

/** A bound UDP socket. */
export class DatagramSocket {
  readonly port: number;
  context: ServiceContext;
  readonly #socket: Deno.DatagramConn;
  #receivers: readonly Promise<void>[] = [];
  #closed = false;
  #mayReportAt = 0;

  /** Binds; throws what Deno throws. */
  static bind(
    hostname: string,
    port: number,
    context: ServiceContext,
  ): DatagramSocket {
    const socket = Deno.listenDatagram({ transport: "udp", hostname, port });
    return new DatagramSocket(socket, context);
  }

  private constructor(socket: Deno.DatagramConn, context: ServiceContext) {
    this.port = (socket.addr as Deno.NetAddr).port;
    this.context = context;
    this.#socket = socket;
  }

  /** Serves until {@linkcode DatagramSocket.close}. */
  serve(): void {
    this.#receivers = Array.from({ length: RECEIVERS }, () => this.#receive());
  }

  /** Resolves when the system has the socket back: when all who wait on it have noticed. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#socket.close();
    }
    await Promise.all(this.#receivers);
  }

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
      const [datagram, from] = received;
      const sender = from as Deno.NetAddr;
      const { context } = this;
      // Whoever sends chooses how this fails.
      try {
        const answer = this.#answer(datagram, sender);
        if (typeof answer === "string") {
          this.#silent(answer, sender);
        } else {
          await this.#socket.send(answer, sender);
          this.#answered(context, datagram, answer, sender);
        }
      } catch (error) {
        this.#failed(error, sender);
      }
    }
  }

  /** The answer, or why there is none. Not asynchronous: that is a generator and a promise less for each datagram. */
  #answer(datagram: Uint8Array, sender: Deno.NetAddr): Uint8Array | Reason {
    const { udp, service, counters: { values } } = this.context;
    const now = performance.now();
    values[AT.datagrams_in]++;
    values[AT.datagram_bytes_in] += datagram.length;

    const admitted = udp.admit(sender.hostname, sender.port);
    if (typeof admitted === "string") return admitted;
    const answer = service.datagram(datagram);
    if (answer === null) return "no_answer";
    return udp.release(admitted, sender.port, datagram, answer, now) ?? answer;
  }

  /** It was sent, for the service that it came to: a reload changes that of the address. */
  #answered(
    context: ServiceContext,
    datagram: Uint8Array,
    answer: Uint8Array,
    sender: Deno.NetAddr,
  ): void {
    const { counters: { values }, shared: { log, onExchange } } = context;
    values[AT.datagrams_out]++;
    values[AT.datagram_bytes_out] += answer.length;
    if (log.debugging) this.#logAnswer(datagram, answer, sender);
    onExchange?.();
  }

  #silent(reason: Reason, sender: Deno.NetAddr): void {
    const { name, counters, silences } = this.context;
    counters.values[AT[`silent_${reason}`]]++;
    silences.add(() => ({
      service: name,
      address: this.#name,
      client: formatPeer(sender),
      reason,
    }));
  }

  /** The service threw, or nothing can be sent to that sender (unreachable, port 0). After `close`, nobody waits for it. */
  #failed(error: unknown, sender: Deno.NetAddr): void {
    if (this.#closed) return;
    this.#silent("failed", sender);
    this.context.shared.log.debug("answering failed", {
      service: this.context.name,
      reason: error instanceof Error ? error.message : String(error),
    });
  }

  #logAnswer(
    datagram: Uint8Array,
    answer: Uint8Array,
    sender: Deno.NetAddr,
  ): void {
    this.context.shared.log.debug("datagram answered", {
      service: this.context.name,
      address: this.#name,
      client: formatPeer(sender),
      bytes_in: datagram.length,
      bytes_out: answer.length,
    });
  }

  /** Rare, and without an event to wait for: the network stack is out of memory, or Windows passes on a sender's ICMP error. */
  async #receiveFailed(error: unknown): Promise<void> {
    const now = performance.now();
    if (now >= this.#mayReportAt) {
      this.#mayReportAt = now + REPORT_MS;
      this.context.shared.log.error("cannot receive datagrams", {
        service: this.context.name,
        address: this.#name,
        reason: String(error),
      });
    }
    await new Promise((resolve) => setTimeout(resolve, RECEIVE_RETRY_MS));
  }

  get #name(): string {
    const { hostname, port } = this.#socket.addr as Deno.NetAddr;
    return `udp://${formatHostPort(hostname, port)}`;
  }
}
