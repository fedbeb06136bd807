/**
 * Letting addresses go without losing who has just come.
 *
 * @module
 */

import type { Listener } from "./listener.ts";
import type { Counters } from "../telemetry/counters.ts";
import { nextTurn } from "../base/time.ts";

/** When nobody came for so many turns of the event loop, the queues are empty; after so long, in a flood, they never will be. */
const QUIET_TURNS = 2;
const MOST_MS = 500;

/**
 * Stops listeners. Who is in the queue of one of them by then is still let in:
 * closing it would reset them. Resolves when the addresses are free.
 */
export async function release(listeners: readonly Listener[]): Promise<void> {
  if (listeners.length === 0) return;
  await emptyQueues(listeners);
  await Promise.all(listeners.map((listener) => listener.stop()));
}

async function emptyQueues(listeners: readonly Listener[]): Promise<void> {
  const counters = [
    ...new Set(listeners.map(({ context }) => context.counters)),
  ];
  const end = performance.now() + MOST_MS;
  let before = -1;
  let quietTurns = 0;
  while (quietTurns < QUIET_TURNS && performance.now() < end) {
    await nextTurn();
    const now = counters.reduce((sum, each) => sum + arrivals(each), 0);
    quietTurns = now === before ? quietTurns + 1 : 0;
    before = now;
  }
}

/** How many clients and datagrams have come so far. */
function arrivals(counters: Counters): number {
  return counters.get("accepted") +
    counters.get("refused_denied") +
    counters.get("refused_max_connections") +
    counters.get("refused_max_connections_per_client") +
    counters.get("datagrams_in");
}
