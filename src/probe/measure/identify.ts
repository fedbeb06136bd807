/**
 * Which message a datagram is, though it may be damaged, cut, or too small to say.
 *
 * @module
 */

import { compare, type Damage, isRecognizable } from "./damage.ts";
import type { Ledger } from "./ledger.ts";
import { type Messages, NUMBER_BYTES } from "./message.ts";

/** A message that came back. */
export interface Identified {
  readonly seq: number;
  readonly damage?: Damage;
  /** Whether it is this one for sure. What is too short to carry its number can be another. */
  readonly certain: boolean;
}

/** Among so many outstanding messages is looked for the one that a datagram without a valid header was. */
const MAX_SEARCHED = 1000;

/** A message, and how far a datagram differs from it. */
type Candidate = Omit<Identified, "certain">;

/** Finds the message that a datagram is; nothing when it is none of ours. */
export function identify(
  datagram: Uint8Array,
  messages: Messages,
  ledger: Ledger,
): Identified | undefined {
  const found = find(datagram, messages, ledger);
  return found && { ...found, certain: messages.isNumbered(found.seq) };
}

function find(
  datagram: Uint8Array,
  messages: Messages,
  ledger: Ledger,
): Candidate | undefined {
  const seq = messages.readHeader(datagram);
  let claimed: Candidate | undefined;
  if (seq !== undefined && ledger.knows(seq)) {
    claimed = { seq, damage: compare(messages.build(seq), datagram) };
    if (!claimed.damage) return claimed;
  }
  // The damage may be in the number itself: then it resembles another message more.
  return nearest(datagram, messages, ledger, claimed) ??
    repeated(datagram, messages, ledger);
}

/** The outstanding message that differs least, if it differs less than the one that is claimed. */
function nearest(
  datagram: Uint8Array,
  messages: Messages,
  ledger: Ledger,
  best: Candidate | undefined,
): Candidate | undefined {
  let searched = 0;
  for (const seq of ledger.outstanding()) {
    if (++searched > MAX_SEARCHED) break;
    const damage = compare(messages.build(seq), datagram);
    if (!damage) return { seq };
    if (!isRecognizable(damage)) continue;
    const least = best?.damage?.wrongBits ?? Infinity;
    if (damage.wrongBits < least) best = { seq, damage };
  }
  return best;
}

/** A small datagram that equals the latest message, which is answered already: a copy of it. */
function repeated(
  datagram: Uint8Array,
  messages: Messages,
  ledger: Ledger,
): Candidate | undefined {
  const seq = ledger.next - 1;
  if (datagram.length >= NUMBER_BYTES || !ledger.knows(seq)) return undefined;
  return compare(messages.build(seq), datagram) ? undefined : { seq };
}
