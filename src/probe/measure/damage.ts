/**
 * How what came back differs from what was sent.
 *
 * @module
 */

/** A difference, by bit or by length. */
export interface Damage {
  /** How many bytes were sent. */
  readonly sentBytes: number;
  /** How many came back. */
  readonly receivedBytes: number;
  /** How many bits differ in the bytes that both have. */
  readonly wrongBits: number;
  /** The first byte that differs, counted from 0; the shorter length if only the lengths do. */
  readonly firstWrongByte: number;
}

/** Holds what came back against what was sent; nothing when they are the same. */
export function compare(
  sent: Uint8Array,
  received: Uint8Array,
): Damage | undefined {
  const common = Math.min(sent.length, received.length);
  let first = 0;
  while (first < common && sent[first] === received[first]) first++;
  if (first === sent.length && first === received.length) return undefined;
  let wrongBits = 0;
  for (let i = first; i < common; i++) {
    if (sent[i] !== received[i]) wrongBits += ones(sent[i] ^ received[i]);
  }
  return {
    sentBytes: sent.length,
    receivedBytes: received.length,
    wrongBits,
    firstWrongByte: first,
  };
}

/** Whether something damaged can still be told from something else: random bytes have half of their bits wrong. */
export function isRecognizable(damage: Damage): boolean {
  const common = Math.min(damage.sentBytes, damage.receivedBytes);
  return common > 0 && damage.wrongBits <= 2 * common;
}

/** Says what is wrong: `3 bits are wrong, the first in byte 17`. */
export function describeDamage(damage: Damage): string {
  const { sentBytes, receivedBytes, wrongBits, firstWrongByte } = damage;
  const faults: string[] = [];
  if (receivedBytes !== sentBytes) {
    faults.push(`${receivedBytes} of ${sentBytes} bytes came back`);
  }
  if (wrongBits > 0) {
    faults.push(
      `${wrongBits} ${
        wrongBits === 1 ? "bit is" : "bits are"
      } wrong, the first in byte ${firstWrongByte}`,
    );
  }
  return faults.join(", ");
}

/** How many bits of a byte are set. */
function ones(byte: number): number {
  let count = 0;
  for (; byte > 0; byte &= byte - 1) count++;
  return count;
}
