/**
 * The largest UDP datagram that comes back unchanged.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import { firstToAnswer } from "./choose_host.ts";
import { compare, describeDamage } from "./damage.ts";
import { Datagrams, maxPayload } from "../reach/datagrams.ts";
import { Messages } from "./message.ts";
import { socketReason } from "../reach/reach_error.ts";
import { type Family, resolve } from "../reach/resolve.ts";
import { unlessAborted, withTimeLimit } from "../../base/time.ts";

/** Whether anybody answers at all is asked with so many bytes. */
const FIRST_BYTES = 64;
/**
 * A datagram can get lost, and a large one with any of its fragments: of 65,507 bytes
 * one in six comes back where 2% of fragments are lost. Silence is believed only after
 * so many copies in each try; fewer than one in a thousand sizes is then misjudged.
 */
const COPIES: readonly number[] = [1, 8, 32];
/** Copies leave this much apart, so that they do not fill the server's receive buffer, in milliseconds. */
const COPY_GAP_MS = 10;
/** Once it is known how long replies take, a missing one is waited for so many times as long, and at least this long. */
const PATIENCE = 4;
const MIN_WAIT_MS = 250;
const NO_ANSWER = "no answer";

/** What became of a size. */
export interface SizeResult {
  readonly bytes: number;
  readonly ok: boolean;
  /** Why not; the end of a sentence. */
  readonly reason?: string;
}

/** Options for {@linkcode findMtu}. */
export interface MtuOptions {
  readonly family: Family;
  /** How long a reply may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Whoever tells what happens. */
export interface MtuReporter {
  /** The address is chosen. */
  start(hostname: string): void;
  /** A size was tried. */
  result(result: SizeResult): void;
}

/**
 * Looks for the largest payload that comes back unchanged. That is of datagrams: the
 * system sends one that is larger than the path's MTU in fragments.
 *
 * @returns Bytes, or nothing when nobody answers.
 * @throws {ReachError} When there is no such name.
 * @throws The reason of `signal`, when that comes first.
 */
export async function findMtu(
  target: Address,
  { family, timeoutMs, signal }: MtuOptions,
  reporter: MtuReporter,
): Promise<number | undefined> {
  const hostname = await withTimeLimit(timeoutMs, async (signal) => {
    const addresses = await resolve(target, family, signal);
    return await firstToAnswer(target, addresses, signal);
  }, signal);
  reporter.start(hostname);
  const prober = new SizeProber(hostname, target.port, timeoutMs);
  try {
    return await bisect(FIRST_BYTES, maxPayload(hostname), async (bytes) => {
      const result = await prober.try(bytes, signal);
      reporter.result(result);
      return result.ok;
    });
  } finally {
    prober.close();
  }
}

/**
 * Finds the largest number that passes a test, if every smaller one does too.
 *
 * @returns Nothing when not even the least passes.
 */
export async function bisect(
  least: number,
  most: number,
  test: (value: number) => Promise<boolean>,
): Promise<number | undefined> {
  if (!await test(least)) return undefined;
  if (await test(most)) return most;
  let [good, bad] = [least, most];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await test(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** Sends datagrams of one size after the other, and waits for each. */
class SizeProber {
  readonly #socket: Datagrams;
  readonly #timeoutMs: number;
  #waitMs: number;
  #longestMs = 0;
  /** Messages of the size that is tried, by which its answers are known. */
  #messages = messagesOf(FIRST_BYTES);
  /** Why the latest did not come back, or nothing when it did. */
  #outcome: PromiseWithResolvers<string | undefined> = Promise.withResolvers();

  constructor(hostname: string, port: number, timeoutMs: number) {
    this.#socket = new Datagrams(hostname, port);
    this.#timeoutMs = timeoutMs;
    this.#waitMs = timeoutMs;
    this.#receive().catch((error) =>
      this.#outcome.resolve(socketReason(error))
    );
  }

  async try(bytes: number, signal: AbortSignal): Promise<SizeResult> {
    this.#messages = messagesOf(bytes);
    for (const copies of COPIES) {
      const reason = await this.#tryOnce(copies, signal);
      if (reason === undefined) return { bytes, ok: true };
      if (reason !== NO_ANSWER) return { bytes, ok: false, reason };
    }
    const asked = COPIES.reduce((sum, copies) => sum + copies);
    return { bytes, ok: false, reason: `${NO_ANSWER}, ${asked} times` };
  }

  close(): void {
    this.#socket.close();
  }

  /** Sends some copies, until one comes back. Why none did, or nothing when one did. */
  async #tryOnce(
    copies: number,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { promise, resolve } = this.#outcome = Promise.withResolvers();
    const message = this.#messages.build(1);
    let sent = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let start = 0;
    const send = () => {
      start = performance.now();
      this.#socket.send(message).catch((error) => resolve(socketReason(error)));
      timer = ++sent < copies
        ? setTimeout(send, COPY_GAP_MS)
        : setTimeout(() => resolve(NO_ANSWER), this.#waitMs);
    };
    send();
    try {
      const reason = await unlessAborted(promise, signal);
      // Of several copies it is not known which one came back.
      if (reason === undefined && sent === 1) {
        this.#learn(performance.now() - start);
      }
      return reason;
    } finally {
      clearTimeout(timer);
    }
  }

  #learn(rttMs: number): void {
    const longest = Math.max(this.#longestMs, rttMs);
    this.#longestMs = longest;
    this.#waitMs = Math.min(
      this.#timeoutMs,
      Math.max(MIN_WAIT_MS, PATIENCE * longest),
    );
  }

  async #receive(): Promise<void> {
    for (let received; (received = await this.#socket.receive());) {
      const [datagram, sender] = received;
      // An answer to another size has another nonce.
      if (
        !this.#socket.isServer(sender) ||
        this.#messages.readHeader(datagram) === undefined
      ) continue;
      const damage = compare(this.#messages.build(1), datagram);
      this.#outcome.resolve(damage && describeDamage(damage));
    }
  }
}

function messagesOf(bytes: number): Messages {
  return new Messages({ min: bytes, max: bytes });
}
