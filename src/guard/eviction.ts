/**
 * Who leaves when a service of mynah's own is full: nobody from outside can
 * switch it off, neither with many connections nor with slow ones.
 *
 * Those who have their answer leave first, then those who have not sent their
 * request, then those who do not take their answer; the longest there before the
 * others. Whoever waits for an answer stays, as long as no more than half of all
 * do: some that have the config read again and again would hold every place.
 *
 * @module
 */

import type { Refusal } from "./connection_limits.ts";

/** Whose turn it is: the client's to leave, to speak or to listen, or the service's. */
export type Turn = "leave" | "speak" | "listen" | "service";

/** In this order clients make way. */
const MAKING_WAY: readonly Turn[] = ["leave", "speak", "listen"];

/** One who has a place. */
export interface Occupant {
  /** Who it is, when counting. */
  readonly client: string;
  /** Whether it is on this machine: such places are not for others. */
  readonly loopback: boolean;
  readonly turn: Turn;
}

/** How many places there are. */
export interface EvictionLimits {
  /** For clients from outside together; as many are kept for this machine. */
  readonly places: number;
  /** For one client from outside. */
  readonly placesPerClient: number;
}

/** What becomes of a newcomer. */
export interface Decision<T> {
  /** Which limit is reached, if one is. */
  readonly limit?: Refusal;
  /** Who leaves in favour of the newcomer. */
  readonly leaves?: T;
}

/** Decides about a newcomer. @param occupants Those who are there, the longest there first. */
export function decide<T extends Occupant>(
  newcomer: Pick<Occupant, "client" | "loopback">,
  occupants: readonly T[],
  { places, placesPerClient }: EvictionLimits,
): Decision<T> {
  const rivals = occupants.filter(({ loopback }) =>
    loopback === newcomer.loopback
  );
  const own = rivals.filter(({ client }) => client === newcomer.client);
  if (!newcomer.loopback && own.length >= placesPerClient) {
    return { limit: "max_connections_per_client", leaves: firstToLeave(own) };
  }
  if (rivals.length >= places) {
    return { limit: "max_connections", leaves: firstToLeave(rivals) };
  }
  return {};
}

function firstToLeave<T extends Occupant>(among: readonly T[]): T | undefined {
  const waiting = among.filter(({ turn }) => turn === "service");
  if (2 * waiting.length > among.length) return waiting[0];
  for (const one of MAKING_WAY) {
    const found = among.find(({ turn }) => turn === one);
    if (found !== undefined) return found;
  }
}
