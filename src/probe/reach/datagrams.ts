/**
 * A UDP socket for asking one server.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { familyOf, type SocketAddress } from "../../base/address.ts";

/** The largest payload of a UDP datagram without IPv6 jumbograms: 65,535 less the UDP header, and for IPv4 its header too. */
const MAX_PAYLOAD = { 4: 65_507, 6: 65_527 } as const;
/** One byte more than the largest, so that nothing is cut unnoticed. */
const BUFFER_BYTES = 65_536;

/** The largest payload that fits a datagram to an address. */
export function maxPayload(hostname: string): number {
  return MAX_PAYLOAD[familyOf(hostname)];
}

/** Options for {@linkcode Datagrams}. */
export interface DatagramsOptions {
  /** The address to send from; absent: the system chooses. */
  readonly source?: string;
  /** How much of a datagram is received; the rest is cut. */
  readonly bufferBytes?: number;
}

/** A UDP socket on a port that the system chose, and the one server that it asks. */
export class Datagrams {
  readonly #socket: Deno.DatagramConn;
  readonly #server: Deno.NetAddr;
  readonly #buffer: Uint8Array;
  #closed = false;

  /** Opens the socket; throws what Deno throws. */
  constructor(
    hostname: string,
    port: number,
    { source, bufferBytes = BUFFER_BYTES }: DatagramsOptions = {},
  ) {
    this.#buffer = new Uint8Array(bufferBytes);
    this.#server = { transport: "udp", hostname, port };
    this.#socket = Deno.listenDatagram({
      transport: "udp",
      hostname: source ?? (familyOf(hostname) === 6 ? "::" : "0.0.0.0"),
      port: 0,
    });
  }

  /** Sends a datagram; rejects with what Deno throws. */
  async send(datagram: Uint8Array): Promise<void> {
    await this.#socket.send(datagram, this.#server);
  }

  /**
   * Receives one datagram from anybody. What it returns is overwritten by the next.
   *
   * @returns Nothing when the socket was closed.
   */
  async receive(): Promise<[Uint8Array, SocketAddress] | undefined> {
    try {
      const [datagram, sender] = await this.#socket.receive(this.#buffer);
      return [datagram, sender as Deno.NetAddr];
    } catch (error) {
      if (this.#closed) return undefined;
      throw error;
    }
  }

  /** Whether a datagram comes from the server. Any other sender is somebody else, or an attacker who guesses. */
  isServer({ hostname, port }: SocketAddress): boolean {
    const server = this.#server;
    return port === server.port &&
      (hostname === server.hostname ||
        // One IPv6 address can be written in several ways.
        normal(hostname) === normal(server.hostname));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

/** Without the zone of a link-local address, which Deno does not tell of a sender. */
function normal(hostname: string): string {
  return ipaddr.process(hostname.replace(/%.*$/, "")).toString();
}
