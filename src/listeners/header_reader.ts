/**
 * Reads the PROXY header with which a load balancer begins a connection.
 *
 * @module
 */

import { parseProxyHeader, type ProxyHeader } from "../base/proxy_header.ts";
import type { Listed } from "./connection_list.ts";

/** How long a load balancer has for its header. */
const HEADER_MS = 5000;
/** Of version 1 or with a few TLVs; more is made when more comes. */
const BUFFER_BYTES = 536;

/** A header, and the client's first bytes, if they came with it. */
export interface Found {
  readonly header: ProxyHeader;
  readonly rest: Uint8Array;
}

/** Why there is no header. */
export interface HeaderFault {
  readonly reason: "proxy_header_malformed" | "proxy_header_timeout";
  /** What is wrong with it. */
  readonly detail: string;
}

/** A connection whose header has not come yet. */
export class HeaderReader implements Listed {
  place = 0;
  readonly #socket: Deno.TcpConn;
  readonly #deadline = performance.now() + HEADER_MS;
  #bytes = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  #isEnded = false;
  #isLate = false;

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  /**
   * Resolves to the header, to why there is none, or to nothing when there is
   * no fault: the peer left without a byte, or the service ended. Never rejects.
   */
  async read(): Promise<Found | HeaderFault | undefined> {
    while (true) {
      const length = await this.#readMore();
      if (this.#isLate) {
        return {
          reason: "proxy_header_timeout",
          detail: `no whole header within ${HEADER_MS / 1000} s`,
        };
      }
      if (this.#isEnded) return;
      if (length === null) {
        return this.#length === 0
          ? undefined
          : malformed("the connection ended within the header");
      }
      this.#length += length;
      const bytes = this.#bytes.subarray(0, this.#length);
      try {
        const header = parseProxyHeader(bytes);
        if (header) return { header, rest: bytes.subarray(header.length) };
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return malformed(error.message);
      }
      if (this.#length === this.#bytes.length) this.#grow();
    }
  }

  /** Closes the connection. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#socket.close();
  }

  /** Closes the connection if the header is late. To be asked from time to time. */
  endIfLate(now: number): void {
    if (this.#isEnded || now < this.#deadline) return;
    this.#isLate = true;
    this.end();
  }

  /** A reset is an end like any other. */
  async #readMore(): Promise<number | null> {
    try {
      return await this.#socket.read(this.#bytes.subarray(this.#length));
    } catch {
      return null;
    }
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

function malformed(detail: string): HeaderFault {
  return { reason: "proxy_header_malformed", detail };
}
