/**
 * One UDP socket: receives, asks the guard and the service, answers.
 *
 * @module
 */

import { formatHostPort } from "../base/address.ts";
import type { Silence } from "../guard/udp_guard.ts";
import { AT } from "../telemetry/counters.ts";
import { returnBuffer, takeBuffer } from "./datagram_buffers.ts";
import { formatPeer } from "./peer.ts";
import { unwatchSends, watchSends } from "./send_watch.ts";
import type { RunningService } from "./running_service.ts";
import { delay } from "../base/time.ts";
import { reasonOf } from "../base/reason.ts";

/** Receives in flight at once: while one is answered, the next is there. More bring nothing, and cost a lone client a third (docs/performance.md). */
const RECEIVERS = 4;
/** A socket has one receive until this many datagrams have come, since most of a thousand ports are idle. */
const BUSY_AFTER = 16;
/** How long to wait after a failed receive, and the shortest time between two reports of it. */
const RECEIVE_RETRY_MS = 100;
const REPORT_MS = 10_000;

/** Why a datagram is not answered. */
type Reason = Silence | "send_blocked" | "failed";

/** A loop that receives and answers one datagram after the other. */
interface Receiver {
  readonly ended: Promise<void>;
  /** The client that it is sending to now. */
  to: Deno.NetAddr | null;
  /** The client that it was sending to at the last look. */
  wasTo: Deno.NetAddr | null;
  /** Whether the current send was given up. */
  late: boolean;
}

/** A bound UDP socket. */
export class DatagramSocket {
  readonly port: number;
  context: RunningService;
  readonly #socket: Deno.DatagramConn;
  readonly #local: Deno.NetAddr;
  /** Of a link-local address, whose senders Deno gives without theirs. */
  readonly #zone: string;
  readonly #receivers = new Set<Receiver>();
  #received = 0;
  /** How many sends were given up, and still wait: the socket's buffer is full. */
  #late = 0;
  #watched = false;
  #closed = false;
  #mayReportAt = 0;

  /** Binds; throws what Deno throws. */
  static bind(
    hostname: string,
    port: number,
    context: RunningService,
  ): DatagramSocket {
    const socket = Deno.listenDatagram({ transport: "udp", hostname, port });
    return new DatagramSocket(
      socket,
      context,
      /%.*$/.exec(hostname)?.[0] ?? "",
    );
  }

  private constructor(
    socket: Deno.DatagramConn,
    context: RunningService,
    zone: string,
  ) {
    this.#zone = zone;
    this.#local = socket.addr as Deno.NetAddr;
    this.port = this.#local.port;
    this.context = context;
    this.#socket = socket;
  }

  /** Serves until {@linkcode DatagramSocket.close}. */
  serve(): void {
    this.#receiveMore();
  }

  /** Resolves when the system has the socket back, that is, when every pending receive has ended. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#socket.close();
    }
    unwatchSends(this);
    await Promise.all([...this.#receivers].map(({ ended }) => ended));
  }

  /**
   * Looks for sends that wait, and gives up those that did so the last time.
   *
   * @returns Whether to look again.
   */
  findLate(): boolean {
    if (this.#closed) return false;
    let sending = false;
    for (const receiver of this.#receivers) {
      if (receiver.to === null) continue;
      sending = true;
      if (receiver.to === receiver.wasTo && !receiver.late) {
        receiver.late = true;
        this.#late++;
        this.#silent("send_blocked", receiver.to);
        this.context.shared.neighbours?.blocked(performance.now());
      }
      receiver.wasTo = receiver.to;
    }
    // If nothing received, the system would drop datagrams and nobody would count them.
    if (this.#late === this.#receivers.size) this.#receiveMore();
    return this.#watched = sending;
  }

  #watch(): void {
    this.#watched = true;
    watchSends(this);
  }

  #receiveMore(): void {
    const ended = Promise.withResolvers<void>();
    const receiver = {
      ended: ended.promise,
      to: null,
      wasTo: null,
      late: false,
    };
    this.#receivers.add(receiver);
    this.#receive(receiver).then(ended.resolve);
  }

  async #receive(receiver: Receiver): Promise<void> {
    const buffer = takeBuffer();
    while (!this.#closed && this.#receivers.size - this.#late <= RECEIVERS) {
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
      if (this.#received < BUSY_AFTER && ++this.#received === BUSY_AFTER) {
        while (this.#receivers.size < RECEIVERS) this.#receiveMore();
      }
      // The sender can make any of this fail.
      try {
        const answer = this.#answer(datagram, sender);
        if (answer === null) continue;
        if (typeof answer === "string") {
          this.#silent(answer, sender);
          continue;
        }
        receiver.to = sender;
        if (!this.#watched) this.#watch();
        await this.#socket.send(answer, sender);
        if (!receiver.late) this.#answered(context, datagram, answer, sender);
      } catch (error) {
        if (!receiver.late) this.#failed(error, sender);
      }
      receiver.to = null;
      if (receiver.late) {
        receiver.late = false;
        this.#late--;
      }
    }
    returnBuffer(buffer);
    this.#receivers.delete(receiver);
  }

  /** The answer, `null` where silence is the answer, or why there is none. Not asynchronous: that is a generator and a promise less for each datagram. */
  #answer(
    datagram: Uint8Array,
    sender: Deno.NetAddr,
  ): Uint8Array | Reason | null {
    const { udp, service, counters: { values }, shared: { neighbours } } =
      this.context;
    const now = performance.now();
    values[AT.datagrams_in]++;
    values[AT.datagram_bytes_in] += datagram.length;

    // The buffer is full, so this send would wait as well.
    if (this.#late > 0) return "send_blocked";
    const admitted = udp.admit(sender.hostname, sender.port);
    if (typeof admitted === "string") return admitted;
    const answer = service.datagram?.(
      datagram,
      sender,
      this.#local,
    ) ?? null;
    if (answer === null) return null;
    const neighbour = neighbours?.find(
      this.#zone === "" ? sender.hostname : sender.hostname + this.#zone,
      now,
    );
    // Before the budgets: absent hosts must not spend the budget of their IPv6 /64.
    if (neighbour && !neighbours!.admits(neighbour, answer.length, now)) {
      return "send_blocked";
    }
    const refused = udp.release(
      admitted,
      sender.port,
      datagram,
      answer,
      now,
    );
    if (refused) return refused;
    if (neighbour) neighbours!.sent(neighbour, answer.length, now);
    return answer;
  }

  /** Counts a sent answer for the service that received the datagram. A reload may have changed the service of the address. */
  #answered(
    context: RunningService,
    datagram: Uint8Array,
    answer: Uint8Array,
    sender: Deno.NetAddr,
  ): void {
    const { counters: { values }, shared: { log, onExchange } } = context;
    values[AT.datagrams_out]++;
    values[AT.datagram_bytes_out] += answer.length;
    if (log.debugging) this.#logAnswer(datagram.length, answer.length, sender);
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

  /** The service threw, or the sender cannot be reached (no route, port 0). After `close` the answer no longer matters. */
  #failed(error: unknown, sender: Deno.NetAddr): void {
    if (this.#closed) return;
    this.#silent("failed", sender);
    this.context.log.debug("answering failed", () => ({
      service: this.context.name,
      reason: reasonOf(error),
    }));
  }

  #logAnswer(bytesIn: number, bytesOut: number, sender: Deno.NetAddr): void {
    this.context.log.debug("datagram answered", () => ({
      service: this.context.name,
      address: this.#name,
      client: formatPeer(sender),
      bytes_in: bytesIn,
      bytes_out: bytesOut,
    }));
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
    await delay(RECEIVE_RETRY_MS);
  }

  get #name(): string {
    const { hostname, port } = this.#local;
    return `udp://${formatHostPort(hostname, port)}`;
  }
}
