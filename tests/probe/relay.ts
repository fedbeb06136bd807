/**
 * A UDP relay in front of a server, over a path that is as bad as a test wants it.
 *
 * @module
 */

import { Impairment, type ImpairmentOptions } from "./impairment.ts";

/** What was held back and never overtaken goes on after this long. */
const FLUSH_MS = 50;

/** Options for {@linkcode Relay}. */
export interface RelayOptions extends ImpairmentOptions {
  /** How long each reply is held back, by its number from 0, in milliseconds. */
  readonly delayMs?: (reply: number) => number;
}

/** Passes datagrams on unharmed, and what comes back as its options say. */
export class Relay implements Disposable {
  readonly address: Deno.NetAddr;
  readonly #server: Deno.NetAddr;
  readonly #socket: Deno.DatagramConn;
  readonly #impairment: Impairment;
  readonly #delayMs: (reply: number) => number;
  /** A socket towards the server for each client. */
  readonly #upstream = new Map<string, Deno.DatagramConn>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #replies = 0;
  #flush: ReturnType<typeof setTimeout> | undefined;

  constructor(server: Deno.NetAddr, options: RelayOptions) {
    this.#server = { ...server, transport: "udp" };
    this.#impairment = new Impairment(options);
    this.#delayMs = options.delayMs ?? (() => 0);
    this.#socket = openSocket();
    this.address = this.#socket.addr as Deno.NetAddr;
    this.#relay();
  }

  /** What it has done to replies. */
  get counts(): Readonly<Impairment["counts"]> {
    return this.#impairment.counts;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#flush);
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#upstream.values()) socket.close();
    this.#socket.close();
  }

  async #relay(): Promise<void> {
    for await (const [datagram, client] of this.#socket) {
      await this.#towardsServer(client as Deno.NetAddr).send(
        datagram,
        this.#server,
      );
    }
  }

  #towardsServer(client: Deno.NetAddr): Deno.DatagramConn {
    const key = `${client.hostname} ${client.port}`;
    let socket = this.#upstream.get(key);
    if (!socket) {
      this.#upstream.set(key, socket = openSocket());
      this.#relayBack(socket, client);
    }
    return socket;
  }

  async #relayBack(
    upstream: Deno.DatagramConn,
    client: Deno.NetAddr,
  ): Promise<void> {
    for await (const [datagram] of upstream) {
      const delayMs = this.#delayMs(this.#replies++);
      for (const one of this.#impairment.pass(datagram.slice())) {
        this.#send(one, client, delayMs);
      }
      clearTimeout(this.#flush);
      this.#flush = setTimeout(() => {
        const held = this.#impairment.flush();
        if (held) this.#send(held, client, 0);
      }, FLUSH_MS);
    }
  }

  #send(datagram: Uint8Array, client: Deno.NetAddr, delayMs: number): void {
    // Closed when the test is over; then nobody waits for it.
    const send = () => void this.#socket.send(datagram, client).catch(() => {});
    if (delayMs === 0) return send();
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, delayMs);
    this.#timers.add(timer);
  }
}

function openSocket(): Deno.DatagramConn {
  return Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
}
