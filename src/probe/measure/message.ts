/**
 * The messages of the probe: numbered, marked as ours, and filled with a pattern,
 * so that each byte that comes back can be held against the one that was sent.
 *
 * A message starts with its sequence number (32 bits) and a nonce (64 bits), both
 * little-endian; bytes that depend on both follow. One shorter than that is cut.
 *
 * @module
 */

import { scatter } from "../../base/hash.ts";

/** Sequence number and nonce. */
export const HEADER_BYTES = 12;
/** The sequence number alone. A shorter message cannot say which one it is. */
export const NUMBER_BYTES = 4;
const HEADER_WORDS = HEADER_BYTES / 4;

/** The sizes of the messages to send, in bytes. */
export interface Sizes {
  readonly min: number;
  readonly max: number;
}

/** The messages of one flow. */
export class Messages {
  readonly sizes: Sizes;
  readonly #nonce: Uint32Array;

  /** @param nonce Two random words, by which the flow knows its own messages. */
  constructor(
    sizes: Sizes,
    nonce: Uint32Array = crypto.getRandomValues(new Uint32Array(2)),
  ) {
    this.sizes = sizes;
    this.#nonce = nonce;
  }

  /** How large the message with a sequence number is: always the same for the same number. */
  size(seq: number): number {
    const { min, max } = this.sizes;
    return min +
      (min === max
        ? 0
        : (scatter(seq ^ this.#nonce[1]) >>> 0) % (max - min + 1));
  }

  /** Makes the message with a sequence number: always the same for the same number. */
  build(seq: number): Uint8Array<ArrayBuffer> {
    const size = this.size(seq);
    const words = new Uint32Array(
      Math.max(HEADER_WORDS, Math.ceil(size / 4)),
    );
    words[0] = littleEndian(seq);
    words[1] = littleEndian(this.#nonce[0]);
    words[2] = littleEndian(this.#nonce[1]);
    let state = scatter(seq ^ this.#nonce[0]) >>> 0 || 1;
    for (let i = HEADER_WORDS; i < words.length; i++) {
      // Marsaglia's xorshift: no two messages have the same filling, and no link compresses it.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[i] = state;
    }
    return new Uint8Array(words.buffer, 0, size);
  }

  /** The sequence number that bytes start with, if they start with a header of this flow, or with as much of one as they are long. */
  readHeader(bytes: Uint8Array, offset = 0): number | undefined {
    const end = Math.min(bytes.length, offset + HEADER_BYTES);
    if (end - offset < NUMBER_BYTES) return undefined;
    for (let at = NUMBER_BYTES; offset + at < end; at++) {
      const word = this.#nonce[(at >> 2) - 1];
      if (bytes[offset + at] !== (word >>> 8 * (at & 3) & 0xff)) {
        return undefined;
      }
    }
    return readWord(bytes, offset);
  }

  /** Whether the message with a sequence number is long enough to say which one it is. */
  isNumbered(seq: number): boolean {
    return this.size(seq) >= NUMBER_BYTES;
  }
}

function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 |
    bytes[at + 3] << 24) >>> 0;
}

const HOST_IS_LITTLE_ENDIAN =
  new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

function littleEndian(word: number): number {
  return HOST_IS_LITTLE_ENDIAN ? word : (
    (word & 0xff) << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 |
    word >>> 24
  );
}
