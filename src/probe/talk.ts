/**
 * A conversation: what is typed goes out, what comes back is printed.
 *
 * @module
 */

import { type Address, formatAddress } from "../base/address.ts";
import { formatDuration } from "../base/duration.ts";
import { type Peer, TcpPeer, UdpPeer } from "./peer.ts";
import { socketReason } from "./reach/reach_error.ts";
import { type Family, resolve } from "./reach/resolve.ts";
import { SafeText } from "../base/safe_text.ts";
import { withTimeLimit } from "../base/time.ts";

const PROMPT = "> ";
/** Back to the start of the line, and clear it: what comes in takes the prompt's place. */
const ERASE_PROMPT = "\r\x1b[K";

/** Where a conversation takes place. */
export interface Room {
  readonly input: AsyncIterable<Uint8Array>;
  /** Returns false when nobody reads it any more. */
  print(text: string): boolean;
  complain(text: string): void;
  /** Whether a person types: then there is a prompt, and the end of patience does not end it. */
  readonly interactive: boolean;
}

/** Options for {@linkcode talk}. */
export interface TalkOptions {
  readonly family: Family;
  /** How long an answer, or connecting, may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Over TCP, say at the end of the input that nothing more will come, and wait for the other side to do the same. */
  readonly halfClose: boolean;
}

/**
 * Holds a conversation until the input has ended and is answered, or the other
 * side closes.
 *
 * @returns Why it did not come to a good end, if so.
 * @throws {ReachError} When the target cannot be reached.
 */
export async function talk(
  target: Address,
  room: Room,
  options: TalkOptions,
): Promise<string | undefined> {
  const { family, timeoutMs } = options;
  const addresses = await withTimeLimit(
    timeoutMs,
    (signal) => resolve(target, family, signal),
  );
  const peer = target.transport === "tcp"
    ? await TcpPeer.connect(target, addresses, timeoutMs)
    : new UdpPeer(target, addresses, timeoutMs);
  try {
    const problem = await new Talk(peer, room, options).run();
    return problem && `"${formatAddress(target)}": ${problem}`;
  } finally {
    peer.close();
  }
}

class Talk {
  readonly #peer: Peer;
  readonly #room: Room;
  readonly #timeoutMs: number;
  readonly #halfClose: boolean;
  readonly #end = Promise.withResolvers<string | undefined>();
  /** As the peer weighs it: an echo has answered when both are the same. */
  #said = 0;
  #heard = 0;
  /** Datagrams, each of which may get lost. */
  #sent = 0;
  #received = 0;
  /** There while it is waited for. */
  #roomForMore: PromiseWithResolvers<void> | undefined;
  #heardSinceSilence = false;
  #inputEnded = false;
  /** Why not all could be said. What comes back is still heard. */
  #unsaid: string | undefined;
  #heardSinceSaid = false;
  #atPrompt = false;
  #ended = false;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(peer: Peer, room: Room, { timeoutMs, halfClose }: TalkOptions) {
    this.#peer = peer;
    this.#room = room;
    this.#timeoutMs = timeoutMs;
    this.#halfClose = halfClose;
  }

  async run(): Promise<string | undefined> {
    this.#prompt();
    this.#speak().catch((error) => {
      this.#unsaid = socketReason(error);
    }).then(() => {
      this.#inputEnded = true;
      this.#listen();
    });
    this.#hear().catch((error) => this.#end.resolve(socketReason(error)));
    try {
      return await this.#end.promise;
    } finally {
      this.#ended = true;
      clearTimeout(this.#silence);
      this.#roomForMore?.resolve();
      this.#leavePrompt();
    }
  }

  async #speak(): Promise<void> {
    const refuse = (reason: string) => {
      this.#room.complain(`mynah: ${reason}: it was not sent\n`);
      this.#unsaid = "not everything was sent";
    };
    for await (const bytes of this.#peer.split(this.#room.input, refuse)) {
      this.#atPrompt = false;
      const weight = this.#peer.weigh(bytes);
      await this.#roomFor(weight);
      if (this.#ended) return;
      this.#said += weight;
      this.#sent++;
      this.#heardSinceSaid = false;
      this.#listen();
      await this.#peer.send(bytes);
      if (this.#ended) return;
    }
    if (this.#halfClose) await this.#peer.endSending();
  }

  /** Waits until so much more may be sent without flooding the buffers on the way. */
  async #roomFor(weight: number): Promise<void> {
    const isFull = () =>
      this.#said > this.#heard &&
      this.#said - this.#heard + weight > this.#peer.window;
    while (isFull() && !this.#ended) {
      this.#roomForMore = Promise.withResolvers();
      await this.#roomForMore.promise;
      this.#roomForMore = undefined;
    }
  }

  async #hear(): Promise<void> {
    const text = new SafeText();
    for (let bytes; (bytes = await this.#peer.receive()) !== null;) {
      this.#heard += this.#peer.weigh(bytes);
      this.#received++;
      this.#heardSinceSaid = true;
      this.#heardSinceSilence = true;
      this.#roomForMore?.resolve();
      this.#show(text.push(bytes));
      this.#listen();
    }
    this.#show(text.end());
    if (!this.#inputEnded && this.#room.interactive) {
      this.#leavePrompt();
      this.#room.complain("Connection closed by the other side\n");
    }
    this.#end.resolve(this.#unsaid);
  }

  #show(text: string): void {
    if (text === "") return;
    this.#print(this.#atPrompt ? ERASE_PROMPT + text : text);
    this.#atPrompt = false;
    if (this.#heard >= this.#said || text.endsWith("\n")) this.#prompt(text);
  }

  /** Asks for the next line, on a line of its own. */
  #prompt(before = "\n"): void {
    if (!this.#room.interactive || this.#inputEnded) return;
    this.#print(before.endsWith("\n") ? PROMPT : `\n${PROMPT}`);
    this.#atPrompt = true;
  }

  /** What comes next, from us or from a shell, begins on a line of its own. */
  #leavePrompt(): void {
    if (this.#atPrompt) this.#print("\n");
    this.#atPrompt = false;
  }

  /** When nobody reads what comes back, there is no more to do. */
  #print(text: string): void {
    if (!this.#room.print(text)) this.#end.resolve(undefined);
  }

  /** Decides, after each thing said or heard, what to wait for. */
  #listen(): void {
    clearTimeout(this.#silence);
    if (this.#ended) return;
    const answered = this.#heard >= this.#said;
    // Who was told nothing may still speak, and be slower than the end of the input.
    const mayGreet = this.#said === 0 && this.#peer.speaksUnasked;
    if (answered && this.#inputEnded && !this.#halfClose && !mayGreet) {
      return this.#end.resolve(this.#unsaid ?? this.#lost());
    }
    if (answered && !this.#inputEnded) return;
    this.#silence = setTimeout(() => this.#onSilence(), this.#timeoutMs);
  }

  /** Which datagrams had no answer, in words. */
  #lost(): string | undefined {
    const lost = this.#sent - this.#received;
    return this.#peer.window === Infinity || lost <= 0
      ? undefined
      : `no answer to ${lost} of ${this.#sent} lines`;
  }

  #onSilence(): void {
    if (this.#roomForMore && this.#heardSinceSilence) {
      // What is waited for got lost: go on without it, as long as others are answered.
      this.#heardSinceSilence = false;
      this.#heard = this.#said;
      return this.#roomForMore.resolve();
    }
    const patience = formatDuration(this.#timeoutMs);
    const problem = !this.#heardSinceSaid
      ? `no answer within ${patience}`
      : this.#halfClose && this.#inputEnded
      ? `connection not closed within ${patience}`
      : undefined;
    if (this.#inputEnded || (problem && !this.#room.interactive)) {
      return this.#end.resolve(this.#unsaid ?? problem ?? this.#lost());
    }
    if (problem) this.#room.complain(`${problem}\n`);
    if (!this.#atPrompt) this.#prompt();
  }
}
