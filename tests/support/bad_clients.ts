/**
 * Clients that reset, stay half open, send junk, or send and never read.
 *
 * @module
 */

import { connect, pseudoRandomBytes, UdpClient, writeAll } from "./clients.ts";
import type { Random } from "./random.ts";

/** One thing that goes wrong. Resolves when it is over; takes nothing amiss. */
type Fault = (address: Deno.NetAddr, random: Random) => Promise<void>;

async function withClient(
  address: Deno.NetAddr,
  use: (client: Deno.TcpConn) => Promise<unknown>,
): Promise<void> {
  try {
    using client = await connect(address);
    await use(client);
  } catch {
    // Refused, reset, or closed in the middle: whatever the server makes of it.
  }
}

/** The faults of TCP clients, by name. */
export const tcpFaults: Readonly<Record<string, Fault>> = {
  /** Goes at once. */
  vanish: (address) => withClient(address, async () => {}),
  /** Sends, and goes while the answer is on its way: that resets the connection. */
  reset: (address, random) =>
    withClient(address, (client) => writeAll(client, random.bytes(2000))),
  /** Sends all it has, and goes when it has a part of the answer. */
  leave: (address, random) =>
    withClient(address, async (client) => {
      await writeAll(client, random.bytes(2000));
      await client.closeWrite();
      await client.read(new Uint8Array(100));
    }),
  /** Says at once that it sends nothing, and waits for the end. */
  halfOpen: (address) =>
    withClient(address, async (client) => {
      await client.closeWrite();
      await client.read(new Uint8Array(1));
    }),
  /** Begins a request that it never ends. */
  unfinished: (address) =>
    withClient(address, async (client) => {
      await writeAll(client, new TextEncoder().encode("GET / HTTP/1.1\r\nX:"));
      await client.closeWrite();
      await client.read(new Uint8Array(1));
    }),
};

/** Sends a datagram of any size and content from a new port, and goes without the answer. */
export async function junkDatagram(
  address: Deno.NetAddr,
  random: Random,
): Promise<void> {
  using client = new UdpClient(address);
  const length = random.pick([0, 1, 2, random.int(1500), random.int(9000)]);
  await client.send(random.bytes(length));
}

/** Does one of all these to an address. */
export async function inject(
  address: Deno.NetAddr,
  random: Random,
): Promise<void> {
  if (address.transport === "udp") return await junkDatagram(address, random);
  await random.pick(Object.values(tcpFaults))(address, random);
}

/** More than all buffers of the system on the way hold. */
const MOST = 200_000_000;
/** So many exchanges of others without progress of its own: it is stuck. */
const EXCHANGES = 20;

/** Sends on a connection for as long as something is taken, up to 200 MB. */
export class Flood {
  /** Resolves when it can send no more: all is sent, or the connection is closed. */
  readonly ended: Promise<void>;
  #sent = 0;

  constructor(connection: Deno.Conn) {
    this.ended = this.#send(connection);
  }

  /**
   * Resolves when nothing more is taken while others' exchanges come and go.
   *
   * @throws {Error} When everything was taken.
   */
  async stuck(exchange: () => Promise<unknown>): Promise<void> {
    for (let unchanged = 0; unchanged < EXCHANGES;) {
      const sent = this.#sent;
      await exchange();
      unchanged = sent > 0 && sent === this.#sent ? unchanged + 1 : 0;
    }
    if (this.#sent >= MOST) throw new Error("nothing held the client back");
  }

  async #send(connection: Deno.Conn): Promise<void> {
    const bytes = pseudoRandomBytes(100_000);
    try {
      while (this.#sent < MOST) {
        await writeAll(connection, bytes);
        this.#sent += bytes.length;
      }
    } catch {
      // Closed, from this side or the other.
    }
  }
}
