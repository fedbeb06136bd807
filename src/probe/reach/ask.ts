/**
 * Asking by UDP whichever of a name's addresses answers.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import { Datagrams } from "./datagrams.ts";
import { race } from "./race.ts";

/** A datagram may get lost: ask again after so long, as resolvers do. */
const ASK_AGAIN_MS = 1000;

/** An answer, and the socket that it came to. */
export interface Answer {
  readonly socket: Datagrams;
  readonly hostname: string;
  readonly datagram: Uint8Array;
}

/** Options for {@linkcode ask}. */
export interface AskOptions {
  /** Whether to send the question every second until it is answered. */
  readonly again?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Sends a question, to one address after the other, until a datagram comes back.
 *
 * @returns The answer, and the socket for more; the caller closes it.
 * @throws {AggregateError} When no address can be asked.
 * @throws The reason of `signal`, when that comes first.
 */
export function ask(
  { port }: Address,
  addresses: readonly string[],
  question: Uint8Array,
  { again = false, signal }: AskOptions,
): Promise<Answer> {
  return race(
    addresses,
    (hostname, signal) => askOne({ hostname, port, question, again, signal }),
    { signal, discard: ({ socket }) => socket.close() },
  );
}

async function askOne({ hostname, port, question, again, signal }: {
  hostname: string;
  port: number;
  question: Uint8Array;
  again: boolean;
  signal: AbortSignal;
}): Promise<Answer> {
  const socket = new Datagrams(hostname, port);
  const close = () => socket.close();
  signal.addEventListener("abort", close, { once: true });
  const failed = Promise.withResolvers<never>();
  const send = () => void socket.send(question).catch(failed.reject);
  const timer = again ? setInterval(send, ASK_AGAIN_MS) : undefined;
  try {
    send();
    while (true) {
      const received = await Promise.race([socket.receive(), failed.promise]);
      if (received === undefined) throw signal.reason;
      const [datagram, sender] = received;
      if (!socket.isServer(sender)) continue;
      return { socket, hostname, datagram: datagram.slice() };
    }
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    clearInterval(timer);
    signal.removeEventListener("abort", close);
  }
}
