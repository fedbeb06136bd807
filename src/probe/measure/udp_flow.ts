/**
 * Messages over UDP, from one port.
 *
 * @module
 */

import { formatHostPort } from "../../base/address.ts";
import { Datagrams } from "../reach/datagrams.ts";
import type { Flow } from "./flow.ts";
import { identify } from "./identify.ts";
import type { Ledger } from "./ledger.ts";
import type { Messages } from "./message.ts";
import { socketReason } from "../reach/reach_error.ts";
import { excerpt } from "../../base/safe_text.ts";
import { delay } from "../../base/time.ts";

/** What is received of a datagram beyond the longest of ours: enough to see that it is too long, and what it says. */
const MORE_BYTES = 512;
/** When receiving fails, try again after this long. */
const RECEIVE_RETRY_MS = 100;

/** A UDP port of ours, and the messages sent from it. */
export class UdpFlow implements Flow {
  readonly ledger: Ledger;
  readonly #messages: Messages;
  readonly #socket: Datagrams;
  #open = true;

  /** Opens the port; throws what Deno throws. */
  constructor(
    { hostname, port, source }: {
      hostname: string;
      port: number;
      /** The address to send from; absent: the system chooses. */
      source?: string;
    },
    messages: Messages,
    ledger: Ledger,
  ) {
    this.ledger = ledger;
    this.#messages = messages;
    this.#socket = new Datagrams(hostname, port, {
      source,
      bufferBytes: messages.sizes.max + MORE_BYTES,
    });
    this.#receive();
  }

  readonly waiting = 0;

  get open(): boolean {
    return this.#open;
  }

  send(intendedAt?: number): void {
    const seq = this.ledger.next;
    const message = this.#messages.build(seq);
    // The call hands the datagram to the system before it returns.
    const now = performance.now();
    const sent = this.#socket.send(message);
    this.ledger.sent(now, intendedAt);
    sent.catch((error) => {
      if (this.#open) this.ledger.failed(seq, socketReason(error));
    });
  }

  expire(now: number): void {
    this.ledger.expire(now);
  }

  close(): void {
    this.#open = false;
    this.#socket.close();
  }

  async #receive(): Promise<void> {
    while (this.#open) {
      let received: Awaited<ReturnType<Datagrams["receive"]>>;
      try {
        received = await this.#socket.receive();
      } catch (error) {
        // Windows passes on ICMP errors here. What they are about will be overdue in time.
        this.ledger.stray(0, socketReason(error));
        await delay(RECEIVE_RETRY_MS);
        continue;
      }
      const now = performance.now();
      this.ledger.standstill.look(now);
      if (received === undefined || !this.#open) return;
      this.#take(received[0], received[1], now);
    }
  }

  #take(
    datagram: Uint8Array,
    sender: { hostname: string; port: number },
    now: number,
  ): void {
    const fromServer = this.#socket.isServer(sender);
    const found = fromServer &&
      identify(datagram, this.#messages, this.ledger);
    if (found) {
      this.ledger.arrived(found.seq, now, datagram.length, found);
      return;
    }
    const from = formatHostPort(sender.hostname, sender.port);
    this.ledger.stray(
      datagram.length,
      excerpt(datagram),
      fromServer ? undefined : from,
    );
  }
}
