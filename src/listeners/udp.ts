/**
 * UDP: an address of the config, and the sockets that stand for it.
 *
 * @module
 */

import { formatAddress } from "../base/address.ts";
import { type Endpoint, everyHost } from "../config/endpoint.ts";
import type { Fields } from "../telemetry/log.ts";
import { BindError } from "./bind_error.ts";
import { DatagramSocket } from "./datagram_socket.ts";
import type { Listener } from "./listener.ts";
import { localAddresses } from "./local_addresses.ts";
import type { RunningService } from "./running_service.ts";
import { knowsZones } from "./zones.ts";

/** How often the machine's addresses are looked at again; Deno has no event for it. */
const FOLLOW_MS = 5000;
/** The port that the system chose on one address may be taken on the next: then it chooses again. */
const PORT_0_TRIES = 10;

/**
 * A bound UDP address.
 *
 * An answer has to come from the address that was asked, or the client drops it.
 * A socket on `0.0.0.0` or `::` leaves that choice to the routing table, and Deno
 * offers no way to tell it otherwise (IP_PKTINFO). So there every address of the
 * machine gets a socket of its own, and they are followed as they come and go.
 */
export class UdpListener implements Listener {
  #address: Endpoint;
  #context: RunningService;
  #sockets: Map<string, DatagramSocket>;
  #follower: ReturnType<typeof setInterval> | undefined;
  readonly #stopped = Promise.withResolvers<void>();

  /** @throws {BindError} */
  static bind(address: Endpoint, context: RunningService): UdpListener {
    try {
      return new UdpListener(address, context);
    } catch (error) {
      throw new BindError(address, error);
    }
  }

  private constructor(address: Endpoint, context: RunningService) {
    this.#context = context;
    this.#sockets = bindSockets(address, context);
    const [{ port }] = this.#sockets.values();
    this.#address = { ...address, port };
  }

  get address(): Endpoint {
    return this.#address;
  }

  get context(): RunningService {
    return this.#context;
  }

  handOver(context: RunningService, hostname: string): void {
    this.#address = { ...this.#address, hostname };
    this.#context = context;
    for (const socket of this.#sockets.values()) socket.context = context;
  }

  async serve(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.serve();
    if (isWildcard(this.address)) {
      if (!knowsZones() && this.address.host !== "0.0.0.0") {
        this.#log("info", "link-local addresses left out", {
          reason: `Deno ${Deno.version.deno} knows no zones`,
        });
      }
      this.#follower = setInterval(() => this.#follow(), FOLLOW_MS);
    }
    await this.#stopped.promise;
  }

  async stop(): Promise<void> {
    clearInterval(this.#follower);
    const sockets = [...this.#sockets.values()];
    await Promise.all(sockets.map((socket) => socket.close()));
    this.#stopped.resolve();
  }

  async drained(): Promise<void> {}

  abort(): void {}

  /** Never throws: what fails now, for want of descriptors or because an address is not usable yet, is tried again. */
  #follow(): void {
    let wanted: ReadonlySet<string>;
    try {
      wanted = new Set(hostnamesOf(this.address));
    } catch (error) {
      return this.#log("debug", "addresses not read", {
        reason: String(error),
      });
    }
    for (const [hostname, socket] of this.#sockets) {
      if (wanted.has(hostname)) continue;
      socket.close();
      this.#sockets.delete(hostname);
      this.#log("info", "address gone", { hostname });
    }
    for (const hostname of wanted) {
      if (this.#sockets.has(hostname)) continue;
      try {
        const { port } = this.address;
        const socket = DatagramSocket.bind(hostname, port, this.#context);
        this.#sockets.set(hostname, socket);
        socket.serve();
        this.#log("info", "address followed", { hostname });
      } catch (error) {
        const reason = String(error);
        this.#log("debug", "address not followed", { hostname, reason });
      }
    }
  }

  #log(level: "debug" | "info", message: string, fields: Fields): void {
    this.#context.shared.log[level](message, {
      service: this.#context.name,
      address: formatAddress(this.address),
      ...fields,
    });
  }
}

function isWildcard({ host }: Endpoint): boolean {
  return host === "*" || host === "::" || host === "0.0.0.0";
}

/** The addresses to bind for one of the config. */
function hostnamesOf(address: Endpoint): readonly string[] {
  const { host } = address;
  if (!isWildcard(address)) return [host];
  const { hostnames, linkLocal } = localAddresses();
  const wanted = [...hostnames, ...knowsZones() ? linkLocal : []]
    .filter((hostname) =>
      host === "*" || hostname.includes(":") === host.includes(":")
    );
  if (wanted.length > 0) return wanted;
  // Nobody may read them: the routing table has to choose.
  return host === "*" ? everyHost() : [host];
}

function bindSockets(
  address: Endpoint,
  context: RunningService,
): Map<string, DatagramSocket> {
  const hostnames = hostnamesOf(address);
  const tries = address.port === 0 ? PORT_0_TRIES : 1;
  for (let left = tries - 1;; left--) {
    try {
      return bindEach(hostnames, address.port, context);
    } catch (error) {
      const taken = error instanceof Deno.errors.AddrInUse;
      if (!taken || left === 0) throw error;
    }
  }
}

/** Binds one port on each of several addresses, or on none. */
function bindEach(
  hostnames: readonly string[],
  port: number,
  context: RunningService,
): Map<string, DatagramSocket> {
  const sockets = new Map<string, DatagramSocket>();
  let gone: unknown;
  for (const hostname of hostnames) {
    try {
      const socket = DatagramSocket.bind(hostname, port, context);
      port = socket.port;
      sockets.set(hostname, socket);
    } catch (error) {
      // Listed, but not usable, or not yet: the others still serve.
      if (error instanceof Deno.errors.AddrNotAvailable) {
        gone = error;
        continue;
      }
      for (const socket of sockets.values()) socket.close();
      throw error;
    }
  }
  if (sockets.size === 0) throw gone;
  return sockets;
}
