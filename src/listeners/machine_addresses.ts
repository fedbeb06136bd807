/**
 * What of this machine the guards must know: see `guard/udp_source.ts`.
 *
 * @module
 */

import { Neighbours } from "../guard/neighbours.ts";
import type { OwnAddresses } from "../guard/udp_source.ts";
import { askNeighbour } from "./ask_neighbour.ts";
import type { Listener } from "./listener.ts";
import { type LocalAddresses, localAddresses } from "./local_addresses.ts";

/** Networks may come and go; reading them takes about as long as ten datagrams. */
const READ_AGAIN_MS = 5000;

/** Keeps the ports of our UDP listeners, and of our networks the broadcast addresses and the hosts. */
export class MachineAddresses implements OwnAddresses {
  ports: ReadonlySet<number> = new Set();
  readonly neighbours = new Neighbours(askNeighbour);
  #links = "";
  #broadcasts: ReadonlySet<string> = new Set();
  #readAt = -Infinity;

  /** Read again when they are asked for, from time to time: without a timer, nothing has to be stopped. */
  get broadcasts(): ReadonlySet<string> {
    const now = performance.now();
    if (now - this.#readAt >= READ_AGAIN_MS) {
      this.#readAt = now;
      try {
        this.#update(localAddresses());
      } catch {
        // For example, out of descriptors: keep what is known.
      }
    }
    return this.#broadcasts;
  }

  #update({ broadcasts, networks, hostnames }: LocalAddresses): void {
    this.#broadcasts = new Set(broadcasts);
    const links = `${networks} ${hostnames}`;
    if (links === this.#links) return;
    this.#links = links;
    // Other systems keep no more than a few datagrams for a host that is not there.
    if (Deno.build.os !== "linux") return;
    this.neighbours.update({ networks, hostnames });
  }

  /** Takes over the current listeners. */
  update(listeners: Iterable<Listener>): void {
    const udp = [...listeners].filter(({ address }) =>
      address.transport === "udp"
    );
    this.ports = new Set(udp.map(({ address }) => address.port));
  }
}
