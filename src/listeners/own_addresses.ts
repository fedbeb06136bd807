/**
 * What of this machine the guards must know: see `guard/udp_source.ts`.
 *
 * @module
 */

import type { OwnAddresses } from "../guard/udp_source.ts";
import type { Listener } from "./listener.ts";
import { localAddresses } from "./local_addresses.ts";

/** Keeps the ports of our UDP listeners and the broadcast addresses of our networks. */
export class OwnSockets implements OwnAddresses {
  ports: ReadonlySet<number> = new Set();
  broadcasts: ReadonlySet<string> = new Set();

  /** Looks again: after listeners have come or gone. */
  update(listeners: Iterable<Listener>): void {
    const udp = [...listeners].filter(({ address }) =>
      address.transport === "udp"
    );
    this.ports = new Set(udp.map(({ address }) => address.port));
    this.broadcasts = new Set(localAddresses().broadcasts);
  }
}
