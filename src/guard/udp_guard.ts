/**
 * Whether a datagram is answered: everything that the rules say of UDP, for one
 * service, in the order of what it costs to find out.
 *
 * @module
 */

import type { Access } from "../config/access_lists.ts";
import { type AccessRule, accessRule } from "./access.ts";
import { Budget, type OverBudget } from "./budget.ts";
import { clientKey, clientOf } from "./client_key.ts";
import { LoopWatch, markAddress, markDatagram, mix } from "./loop.ts";
import { Memo } from "./memo.ts";
import { SourceTable } from "./source_table.ts";
import {
  FIRST_CLIENT_PORT,
  type OwnAddresses,
  type UnsafeSource,
  unsafeSource,
} from "./udp_source.ts";

/** Why a datagram got no answer. */
export type Silence = UnsafeSource | "denied" | OverBudget | "loop";

/** What the config says of a service's datagrams. */
export interface UdpLimits {
  readonly access: Access;
  /** Replies a second for one source. Absent: {@linkcode DEFAULT_REPLIES_PER_SECOND}, loopback excepted. */
  readonly udpRepliesPerSecond?: number;
  /** The lowest source port that is answered. Absent: {@linkcode FIRST_CLIENT_PORT}. */
  readonly udpMinClientPort?: number;
}

/** What follows from a sender's address alone. */
export interface Sender {
  /** The source whose budget it shares. */
  readonly key: string;
  readonly mark: number;
  readonly allowed: boolean;
  /** Whether the budget does not count for it. */
  readonly exempt: boolean;
}

/** Enough for any probe, and little for whoever is sent them without having asked. */
export const DEFAULT_REPLIES_PER_SECOND = 100;
/** Addresses that need not be looked at again. */
const MAX_SENDERS = 4096;

/** Decides for one service, on all of its addresses together. */
export class UdpGuard {
  readonly #own: OwnAddresses;
  readonly #senders = new Memo(MAX_SENDERS, (hostname) => this.#look(hostname));
  readonly #sources = new SourceTable();
  readonly #loops = new LoopWatch();
  #rule!: AccessRule;
  #minPort!: number;
  #budget!: Budget;
  #sparesLoopback!: boolean;

  constructor(own: OwnAddresses, limits: UdpLimits) {
    this.#own = own;
    this.update(limits);
  }

  /** Takes over other limits. Known sources stay known: who changes a rule during a flood does not silence them. */
  update(limits: UdpLimits): void {
    const { access, udpRepliesPerSecond, udpMinClientPort } = limits;
    this.#minPort = udpMinClientPort ?? FIRST_CLIENT_PORT;
    this.#rule = accessRule(access);
    this.#budget = new Budget(
      udpRepliesPerSecond ?? DEFAULT_REPLIES_PER_SECOND,
    );
    this.#sparesLoopback = udpRepliesPerSecond === undefined;
    this.#senders.clear();
  }

  /** How many sources are remembered. */
  get sources(): number {
    return this.#sources.size;
  }

  /**
   * Asked before the service is: who sent it?
   *
   * @returns The sender, for {@linkcode UdpGuard.release}; or why there is no answer.
   */
  admit(hostname: string, port: number): Sender | Silence {
    const unsafe = unsafeSource(hostname, port, this.#own, this.#minPort);
    if (unsafe) return unsafe;
    const sender = this.#senders.get(hostname);
    return sender.allowed ? sender : "denied";
  }

  /**
   * Asked before the answer is sent: may the sender have it?
   *
   * @param now In milliseconds, from a clock that never goes back.
   * @returns Why not, or nothing.
   */
  release(
    { key, mark, exempt }: Sender,
    port: number,
    received: Uint8Array,
    answer: Uint8Array,
    now: number,
  ): Silence | undefined {
    const from = mix(mark, port);
    // Where the answer owes nothing to the question, a loop's datagrams need not be alike: all of them count as the same.
    const loop = answer === received ? markDatagram(from, received) : from;
    if (this.#loops.ends(loop, now)) return "loop";
    if (exempt) return;

    const known = this.#sources.get(key, now);
    const source = known ?? this.#budget.newSource(now);
    const over = this.#budget.take(source, received.length, answer.length, now);
    // Only who got an answer is remembered: a flood past the newcomers' budget leaves no trace.
    if (over === undefined && !known) this.#sources.add(key, source);
    return over;
  }

  #look(hostname: string): Sender {
    return {
      key: clientKey(clientOf(hostname)),
      mark: markAddress(hostname),
      allowed: this.#rule(hostname),
      exempt: this.#sparesLoopback && isLoopback(hostname),
    };
  }
}

/** Nobody forges a loopback address from outside: hosts drop such packets (RFC 1122 §3.2.1.3). */
function isLoopback(hostname: string): boolean {
  return hostname.startsWith("127.") || hostname === "::1" ||
    hostname.startsWith("::ffff:127.");
}
