/**
 * Which message a datagram is, though it may be damaged, cut, or too small to say.
 *
 * @module
 */

import { compare, type Damage, isRecognizable } from "./damage.ts";
import type { Ledger } from "./ledger.ts";
import { HEADER_BYTES, type Messages } from "./message.ts";

/** A message that came back. */
export interface Identified {
  readonly seq: number;
  readonly damage?: Damage;
}

/** Among so many outstanding messages is looked for the one that a datagram without a valid header was. */
const MAX_SEARCHED = 1000;

/** Finds the message that a datagram is; nothing when it is none of ours. */
export function identify(
  datagram: Uint8Array,
  messages: Messages,
  ledger: Ledger,
): Identified | undefined {
  const seq = messages.readHeader(datagram);
  if (seq !== undefined && ledger.knows(seq)) {
    return { seq, damage: compare(messages.build(seq), datagram) };
  }
  return search(datagram, messages, ledger);
}

/** The outstanding message that differs least. */
function search(
  datagram: Uint8Array,
  messages: Messages,
  ledger: Ledger,
): Identified | undefined {
  let best: Identified | undefined;
  let searched = 0;
  for (const seq of ledger.outstanding()) {
    if (++searched > MAX_SEARCHED) break;
    const damage = compare(messages.build(seq), datagram);
    if (!damage) return { seq };
    if (!isRecognizable(damage)) continue;
    const least = best?.damage?.wrongBits ?? Infinity;
    if (damage.wrongBits < least) best = { seq, damage };
  }
  return best ?? repeated(datagram, messages, ledger);
}

/** A small datagram that equals the latest message, which is answered already: a copy of it. */
function repeated(
  datagram: Uint8Array,
  messages: Messages,
  ledger: Ledger,
): Identified | undefined {
  const seq = ledger.next - 1;
  if (datagram.length >= HEADER_BYTES || !ledger.knows(seq)) return undefined;
  return compare(messages.build(seq), datagram) ? undefined : { seq };
}
