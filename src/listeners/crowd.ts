/**
 * @module
 */

import { isLoopback } from "../base/address.ts";
import { clientKey, clientOf } from "../guard/client_key.ts";
import {
  decide,
  type Decision,
  type Occupant,
  type Turn,
} from "../guard/eviction.ts";

/** A client that asks once and closes needs one place for a few milliseconds. */
const LIMITS = { places: 128, placesPerClient: 32 };

/** The part of a connection that a crowd needs. */
interface Connection {
  readonly peer: Deno.NetAddr;
  readonly turn: Turn;
  end(reason: string): void;
}

interface Member extends Occupant {
  readonly connection: Connection;
}

/** The connections of a service of mynah's own, on all of its addresses: when it is full, one of them makes way. */
export class Crowd {
  /** The longest there first. */
  readonly #members: Member[] = [];

  /** Whether a connection may have to make way for the next newcomer. */
  get full(): boolean {
    return this.#members.length >= LIMITS.placesPerClient;
  }

  /** Which connection is to end in favour of a newcomer from this address. */
  decide(hostname: string): Decision<Member> {
    return decide(whoIs(hostname), this.#members, LIMITS);
  }

  add(hostname: string, connection: Connection): void {
    this.#members.push({
      ...whoIs(hostname),
      connection,
      get turn() {
        return connection.turn;
      },
    });
  }

  /** Removes a connection, if it is there. */
  remove(connection: Connection): void {
    const at = this.#members.findIndex((each) =>
      each.connection === connection
    );
    if (at !== -1) this.#members.splice(at, 1);
  }
}

function whoIs(hostname: string): Pick<Occupant, "client" | "loopback"> {
  return {
    client: clientKey(clientOf(hostname)),
    loopback: isLoopback(hostname),
  };
}
