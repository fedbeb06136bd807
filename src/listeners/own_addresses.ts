/**
 * What of this machine the guards must know: see `guard/udp_source.ts`.
 *
 * @module
 */

import type { OwnAddresses } from "../guard/udp_source.ts";
import type { Listener } from "./listener.ts";
import { localAddresses } from "./local_addresses.ts";

/** Networks may come and go; reading them takes about as long as ten datagrams. */
const READ_AGAIN_MS = 5000;

/** Keeps the ports of our UDP listeners and the broadcast addresses of our networks. */
export class OwnSockets implements OwnAddresses {
  ports: ReadonlySet<number> = new Set();
  #broadcasts: ReadonlySet<string> = new Set();
  #readAt = -Infinity;

  /** Read again when they are asked for, from time to time: without a timer, nothing has to be stopped. */
  get broadcasts(): ReadonlySet<string> {
    const now = performance.now();
    if (now - this.#readAt >= READ_AGAIN_MS) {
      this.#readAt = now;
      try {
        this.#broadcasts = new Set(localAddresses().broadcasts);
      } catch {
        // Out of descriptors, for one: what was known has to do.
      }
    }
    return this.#broadcasts;
  }

  /** Takes over which listeners there are. */
  update(listeners: Iterable<Listener>): void {
    const udp = [...listeners].filter(({ address }) =>
      address.transport === "udp"
    );
    this.ports = new Set(udp.map(({ address }) => address.port));
  }
}
