/**
 * A server under measurement: started on ports of its own, and known to answer.
 *
 * @module
 */

import type { Ports } from "./configs.ts";
import type { Peer, Role } from "./peers.ts";
import { type Running, start } from "./process.ts";

/** Everything stays on this machine. */
export const HOST = "127.0.0.1";

/** How long a server may take to answer for the first time. */
const START_MS = 20_000;
/** How long one question waits: over UDP, whoever is not there yet does not say so. */
const ANSWER_MS = 50;
const HELLO = new TextEncoder().encode("hello, mynah\n");

/** A server that answers. */
export interface Started extends Running {
  /** The port of the role that it was started for. */
  readonly port: number;
  /** From start to the first answer. */
  readonly ms: number;
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * A port that nobody listens on, below those that outgoing connections get: one
 * of them could connect to itself while the server is not there yet.
 */
function freePort(): number {
  while (true) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      Deno.listen({ hostname: HOST, port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** Ports for one server. */
export function freePorts(): Ports {
  return { echo: freePort(), quote: freePort(), admin: freePort() };
}

async function askStream(port: number, role: Role): Promise<boolean> {
  const conn = await Deno.connect({ hostname: HOST, port });
  try {
    if (role !== "quote") await conn.write(HELLO);
    return await conn.read(new Uint8Array(512)) !== null;
  } finally {
    conn.close();
  }
}

async function askDatagram(port: number): Promise<boolean> {
  const local = { transport: "udp", hostname: HOST } as const;
  const socket = Deno.listenDatagram({ ...local, port: 0 });
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await socket.send(HELLO, { ...local, port });
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(reject, ANSWER_MS);
    });
    await Promise.race([socket.receive(), late]);
    return true;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}

/** Asks once; resolves to whether there was an answer. */
async function answers(role: Role, port: number): Promise<boolean> {
  try {
    return await (role === "udp" ? askDatagram(port) : askStream(port, role));
  } catch {
    return false;
  }
}

/**
 * Starts a server and waits for its first answer.
 *
 * @returns nothing if it has no such role
 */
export async function startPeer(
  peer: Peer,
  role: Role,
  core: number | undefined,
): Promise<Started | undefined> {
  const ports = freePorts();
  const command = peer.command(role, ports);
  if (command === undefined) return;
  const port = role === "quote" ? ports.quote : ports.echo;
  const begin = performance.now();
  const server = start(command, { core });
  while (!await answers(role, port)) {
    if (performance.now() - begin > START_MS) {
      await server.stop();
      throw new Error(`No answer from "${command.join(" ")}"`);
    }
    await sleep(1);
  }
  return { ...server, port, ms: performance.now() - begin };
}
