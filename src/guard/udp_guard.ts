/**
 * Whether a datagram is answered: everything that the rules say of UDP, for one
 * service, in the order of what it costs to find out.
 *
 * @module
 */

import { type AccessRule, accessRule } from "./access.ts";
import { Budget, type OverBudget } from "./budget.ts";
import { clientKey } from "./client_key.ts";
import { endsLoop, markOf } from "./loop.ts";
import { Source, SourceTable } from "./source_table.ts";
import {
  type OwnAddresses,
  type UnsafeSource,
  unsafeSource,
} from "./udp_source.ts";

/** Why a datagram got no answer. */
export type Silence = UnsafeSource | "denied" | OverBudget | "loop";

/** What the config says of a service's datagrams. */
export interface UdpLimits {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** Replies a second for one source. Absent: {@linkcode DEFAULT_REPLIES_PER_SECOND}, loopback excepted. */
  readonly udpRepliesPerSecond?: number;
}

/** Enough for any probe, and little for whoever is sent them without having asked. */
const DEFAULT_REPLIES_PER_SECOND = 100;
/** A source is about 300 bytes: 20 MB for a full table. */
const MAX_SOURCES = 65_536;
/** IPv6 senders whose /64 need not be worked out again. */
const MAX_KEYS = 4096;

/** Decides for one service, on all of its addresses together. */
export class UdpGuard {
  readonly #own: OwnAddresses;
  readonly #keys = new Map<string, string>();
  #sources = new SourceTable(MAX_SOURCES);
  #rule: AccessRule;
  #budget: Budget;
  #sparesLoopback: boolean;

  constructor(own: OwnAddresses, limits: UdpLimits) {
    this.#own = own;
    this.#rule = accessRule(limits);
    this.#budget = new Budget(
      limits.udpRepliesPerSecond ?? DEFAULT_REPLIES_PER_SECOND,
    );
    this.#sparesLoopback = limits.udpRepliesPerSecond === undefined;
  }

  /**
   * Asked before the service is: who sent it?
   *
   * @param now In milliseconds, from a clock that never goes back.
   * @returns The source, for {@linkcode UdpGuard.release}; or why there is no answer.
   */
  admit(hostname: string, port: number, now: number): Source | Silence {
    const unsafe = unsafeSource(hostname, port, this.#own);
    if (unsafe) return unsafe;
    const key = this.#keyOf(hostname);
    const source = this.#sources.get(key, now) ?? this.#add(key, hostname, now);
    return source.allowed ? source : "denied";
  }

  /**
   * Asked before the answer is sent: may the source have it?
   *
   * @returns Why not, or nothing.
   */
  release(
    source: Source,
    port: number,
    received: Uint8Array,
    answer: Uint8Array,
    now: number,
  ): Silence | undefined {
    // Where the answer owes nothing to the question, a loop's datagrams need not be alike: all of them count as the same.
    const mark = answer === received ? markOf(received, port) : port;
    if (endsLoop(source, mark, now)) return "loop";
    if (source.exempt) return;
    return this.#budget.take(source, received.length, answer.length, now);
  }

  #add(key: string, hostname: string, now: number): Source {
    const source = new Source(now);
    source.allowed = this.#rule(hostname);
    source.exempt = this.#sparesLoopback && isLoopback(hostname);
    this.#budget.fill(source);
    this.#sources.add(key, source);
    return source;
  }

  #keyOf(hostname: string): string {
    if (!hostname.includes(":")) return hostname;
    const known = this.#keys.get(hostname);
    if (known !== undefined) return known;
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    const key = clientKey(hostname);
    this.#keys.set(hostname, key);
    return key;
  }
}

/** Nobody forges a loopback address from outside: hosts drop such packets (RFC 1122 §3.2.1.3). */
function isLoopback(hostname: string): boolean {
  return hostname.startsWith("127.") || hostname === "::1" ||
    hostname.startsWith("::ffff:127.");
}
