/**
 * Decides whether a datagram gets an answer: all rules for UDP, for one service,
 * the cheapest first.
 *
 * @module
 */

import type { Access } from "../config/access_lists.ts";
import { type AccessRule, accessRule } from "./access.ts";
import { Budget, type OverBudget } from "./budget.ts";
import { clientKey, clientOf } from "./client_key.ts";
import { scatter } from "../base/hash.ts";
import { LoopWatch, markAddress, markDatagram, mix } from "./loop.ts";
import { Memo } from "./memo.ts";
import { SourceTable } from "./source_table.ts";
import {
  embedsNobody,
  FIRST_CLIENT_PORT,
  type OwnAddresses,
  type UnsafeSource,
  unsafeSource,
} from "./udp_source.ts";

/** Why a datagram got no answer. */
export type Silence = UnsafeSource | "denied" | OverBudget | "loop";

/** What the config says about a service's datagrams. */
export interface UdpLimits {
  readonly access: Access;
  /** Replies a second for one source. Absent: {@linkcode DEFAULT_REPLIES_PER_SECOND}, loopback excepted. */
  readonly udpRepliesPerSecond?: number;
  /** The lowest source port that is answered. Absent: {@linkcode FIRST_CLIENT_PORT}. */
  readonly udpMinClientPort?: number;
}

/** What follows from a sender's address alone. */
export interface UdpSender {
  /** The source whose budget it shares. */
  readonly key: string;
  readonly hash: number;
  /** Identifies it to the loop watch. */
  readonly mark: number;
  readonly allowed: boolean;
  /** Whether an IPv4 address inside the IPv6 address, if any, belongs to a reachable host. */
  readonly isHost: boolean;
  /** Whether it has no budget. */
  readonly exempt: boolean;
}

/** Enough for any probe, and little for a victim who never asked. */
export const DEFAULT_REPLIES_PER_SECOND = 100;
/** The number of addresses whose decision is kept. */
const MAX_SENDERS = 4096;

/** What the services of a process remember together: a victim does not care which of them sends. */
export class UdpMemory {
  readonly sources = new SourceTable();
  readonly loops = new LoopWatch();
  /** So that an attacker cannot choose addresses or datagrams that share a place. */
  readonly salt = crypto.getRandomValues(new Int32Array(1))[0];
}

/** Decides for one service, on all of its addresses together. */
export class UdpGuard {
  readonly #own: OwnAddresses;
  readonly #senders = new Memo(MAX_SENDERS, (hostname) => this.#look(hostname));
  readonly #memory: UdpMemory;
  #rule!: AccessRule;
  #minPort!: number;
  #budget!: Budget;
  #sparesLoopback!: boolean;

  constructor(own: OwnAddresses, limits: UdpLimits, memory: UdpMemory) {
    this.#own = own;
    this.#memory = memory;
    this.update(limits);
  }

  /** Takes new limits. Known sources stay known, so a rule that changes during a flood does not silence them. */
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

  /**
   * Asked before the service is: who sent it?
   *
   * @returns The sender, for {@linkcode UdpGuard.release}; or why there is no answer.
   */
  admit(hostname: string, port: number): UdpSender | Silence {
    const unsafe = unsafeSource(hostname, port, this.#own, this.#minPort);
    if (unsafe) return unsafe;
    const sender = this.#senders.get(hostname);
    if (!sender.isHost) return "source_address";
    return sender.allowed ? sender : "denied";
  }

  /**
   * Asked before the answer is sent: may the sender have it?
   *
   * @param now In milliseconds, from a clock that never goes back.
   * @returns Why not, or nothing.
   */
  release(
    { key, hash, mark, exempt }: UdpSender,
    port: number,
    received: Uint8Array,
    answer: Uint8Array,
    now: number,
  ): Silence | undefined {
    if (!exempt) {
      const source = this.#memory.sources.find(key, hash, now);
      const over = this.#budget.take(
        source,
        received.length,
        answer.length,
        now,
      );
      if (over !== undefined) return over;
    }
    // Only answered datagrams can form a loop, so only they take a place in the loop watch.
    const from = mix(mark, port);
    // If the answer does not depend on the question, the datagrams of a loop need not be alike: all count as the same.
    const loop = answer === received ? markDatagram(from, received) : from;
    return this.#memory.loops.ends(loop, now) ? "loop" : undefined;
  }

  #look(hostname: string): UdpSender {
    const { salt } = this.#memory;
    const key = clientKey(clientOf(hostname));
    return {
      key,
      hash: scatter(markAddress(salt, key)),
      mark: markAddress(salt, hostname),
      allowed: this.#rule(hostname),
      isHost: !embedsNobody(hostname),
      exempt: this.#sparesLoopback && isLoopback(hostname),
    };
  }
}

/** Nobody forges a loopback address from outside: hosts drop such packets (RFC 1122 §3.2.1.3). */
function isLoopback(hostname: string): boolean {
  return hostname.startsWith("127.") || hostname === "::1" ||
    hostname.startsWith("::ffff:127.");
}
