/**
 * Messages in what comes back over a TCP connection, where nothing marks where one
 * ends: told apart by their order, and after a fault by their headers.
 *
 * @module
 */

import { compare, type Damage, isRecognizable } from "./damage.ts";
import type { Ledger } from "./ledger.ts";
import { HEADER_BYTES, type Messages } from "./message.ts";
import { excerpt } from "../../base/safe_text.ts";

/** Holds a stream against the messages that were sent on it. */
export class StreamMatcher {
  readonly #messages: Messages;
  readonly #ledger: Ledger;
  #buffer: Uint8Array = new Uint8Array();
  /** The message that is to come back next. */
  #seq: number;
  #expected: Uint8Array | undefined;
  #strayBytes = 0;

  /** Starts with the next message that is sent. */
  constructor(messages: Messages, ledger: Ledger) {
    this.#messages = messages;
    this.#ledger = ledger;
    this.#seq = ledger.next;
  }

  /** How much has come in that is not ours. */
  get strayBytes(): number {
    return this.#strayBytes;
  }

  /** Takes what has come in by `now`. */
  push(bytes: Uint8Array, now: number): void {
    this.#buffer = this.#buffer.length === 0
      ? bytes.slice()
      : join(this.#buffer, bytes);
    while (this.#buffer.length > 0 && this.#take(now));
  }

  /** Nothing more comes in: what is left and not the beginning of a message is something foreign. */
  end(): void {
    const { length } = this.#buffer;
    if (length === 0) return;
    const expected = this.#expected!.subarray(0, length);
    if (compare(expected, this.#buffer)) this.#stray(length);
  }

  /** Takes what the buffer starts with; whether there was enough of it. */
  #take(now: number): boolean {
    if (this.#seq >= this.#ledger.next) {
      // The server says something of its own, such as a greeting.
      this.#stray(this.#buffer.length);
      return false;
    }
    const expected = this.#expected ??= this.#messages.build(this.#seq);
    const got = this.#buffer.subarray(0, expected.length);
    const damage = compare(expected.subarray(0, got.length), got);
    if (damage) {
      const header = this.#findHeader();
      if (header) return this.#resume(header, now);
      if (this.#endsInHeader()) return false;
      if (this.#isForeign(damage)) {
        this.#stray(this.#buffer.length);
        return false;
      }
    }
    if (got.length < expected.length) return false;
    this.#arrived(now, got.length, damage);
    this.#skip(expected.length, this.#seq + 1);
    return true;
  }

  /** The first header of a message that is still to come, unless it is where it should be. */
  #findHeader(): { offset: number; seq: number } | undefined {
    for (let at = 0; at + HEADER_BYTES <= this.#buffer.length; at++) {
      const seq = this.#messages.readHeader(this.#buffer, at);
      if (seq === undefined || seq >= this.#ledger.next) continue;
      if (seq > this.#seq || (seq === this.#seq && at > 0)) {
        return { offset: at, seq };
      }
    }
  }

  /** Whether the buffer ends with what may be the first part of this header or the next. */
  #endsInHeader(): boolean {
    for (const seq of [this.#seq, this.#seq + 1]) {
      if (seq >= this.#ledger.next) return false;
      const header = this.#messages.build(seq).subarray(0, HEADER_BYTES);
      for (let length = 1; length < header.length; length++) {
        const tail = this.#buffer.subarray(-length);
        if (!compare(header.subarray(0, length), tail)) return true;
      }
    }
    return false;
  }

  /** Whether the buffer starts with nothing that could be the message. Too few bytes do not tell. */
  #isForeign(damage: Damage): boolean {
    return damage.receivedBytes >= HEADER_BYTES && !isRecognizable(damage) &&
      this.#messages.readHeader(this.#buffer) !== this.#seq;
  }

  /** Goes on at a header that was found: before it is something foreign, or what is left of the messages before. */
  #resume({ offset, seq }: { offset: number; seq: number }, now: number): true {
    if (seq === this.#seq) {
      this.#stray(offset);
      return true;
    }
    const rest = this.#buffer.subarray(0, offset);
    const damage = compare(this.#messages.build(this.#seq), rest);
    if (offset > 0) this.#arrived(now, offset, damage);
    for (let left = this.#seq; left < seq; left++) {
      this.#ledger.failed(left, "missing in what came back");
    }
    this.#skip(offset, seq);
    return true;
  }

  /** A stream brings nothing twice: what came back damaged is lost. */
  #arrived(now: number, length: number, damage: Damage | undefined): void {
    this.#ledger.arrived(this.#seq, now, length, { damage });
    if (damage) this.#ledger.givenUp(this.#seq);
  }

  #stray(length: number): void {
    this.#strayBytes += length;
    this.#ledger.stray(length, excerpt(this.#buffer.subarray(0, length)));
    this.#skip(length, this.#seq);
  }

  #skip(length: number, seq: number): void {
    this.#buffer = this.#buffer.subarray(length);
    if (seq !== this.#seq) this.#expected = undefined;
    this.#seq = seq;
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
