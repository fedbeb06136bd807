/**
 * Which hosts on local links may get an answer.
 *
 * To send to a host on a local link, a system first asks the link who has the
 * address (ARP, Neighbor Discovery). If nobody has it, the datagram stays in the
 * socket's buffer until the system gives up: 3 s on Linux. A few forged senders
 * can fill the buffer that way, and then nobody gets an answer.
 *
 * So hosts that may not exist get only a small part of the buffer. When many such
 * answers are on their way, mynah asks those hosts whether they are there.
 *
 * @module
 */

import { readIpSet } from "../config/ip_set.ts";
import { accessRule } from "./access.ts";

/** The networks that this machine has an address on. */
export interface Links {
  /** The networks of the local links, as CIDR blocks. */
  readonly networks: readonly string[];
  /** This machine's own addresses, which need no question. */
  readonly hostnames: readonly string[];
}

/** Asks whether a host on a link is there, until `signal` aborts. Resolves to `undefined` if it could not find out. Never rejects. */
export type AskNeighbour = (
  hostname: string,
  signal: AbortSignal,
) => Promise<boolean | undefined>;

/** A host on a link, and what is known about it. */
export interface Neighbour {
  readonly hostname: string;
  /** When its first datagram came, in milliseconds; never, once it was found to be absent. */
  since: number;
  /** Whether it is there; valid until `knownUntil`. */
  here: boolean;
  knownUntil: number;
  /** When it was found out. */
  foundAt: number;
  /** When the current question began, if there is one. */
  askedAt: number;
  /** When it may be asked again; never during a question. */
  askAt: number;
}

/** How long Linux keeps datagrams for an address that nobody has: it asks three times, a second apart. */
const UNRESOLVED_MS = 3200;
/** The size of a socket's send buffer on Linux (`net.core.wmem_default`). */
const BUFFER_BYTES = 212_992;
/**
 * The shares of the buffer for hosts that were there before an attack began, and
 * for all others, at once and again within {@linkcode UNRESOLVED_MS}. Both
 * together never fill it.
 */
const KNOWN_BYTES = BUFFER_BYTES / 4;
const NEW_BYTES = BUFFER_BYTES / 7;
/** The cost of a small datagram in the buffer, and of each byte of a large one. */
const DATAGRAM_COST = 768;
const BYTE_COST = 1.6;

const HERE_MS = 5 * 60_000;
const ABSENT_MS = 30_000;
/** A send that waited is a reason to doubt who is there, at most so often: a link that is merely slow makes sends wait, too. */
const DOUBT_MS = 60_000;
/** After a question that could not be asked. */
const ASK_AGAIN_MS = 1000;
/** Who came this long before there were too many was not one of them. */
const BEFORE_MS = 1000;
/** Each question takes a descriptor for up to 4 s. */
const MOST_ASKED = 128;
/** Who is there answers sooner, as a rule: then somebody else may be asked in its place. */
const ANSWER_MS = 200;
/** Addresses that are remembered since the last time that there were so many; and up to as many before. */
const MOST_REMEMBERED = 4096;

/** What may still lie in the buffer, as a bucket that leaks. */
class InFlight {
  /** How much there may be. */
  readonly most: number;
  #bytes = 0;
  #updatedAt = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** The bytes as of now. */
  bytes(now: number): number {
    const gone = (now - this.#updatedAt) / UNRESOLVED_MS * this.most;
    this.#updatedAt = now;
    return this.#bytes = Math.max(0, this.#bytes - gone);
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }
}

/** Remembers the hosts of our links, in bounded memory. */
export class Neighbours {
  readonly #isHere: AskNeighbour;
  readonly #clock: () => number;
  #isNeighbour: (hostname: string) => boolean = () => false;
  #recent = new Map<string, Neighbour | null>();
  #earlier = new Map<string, Neighbour | null>();
  /** What is on its way to hosts that came before there were too many, and to the others. */
  readonly #toKnown = new InFlight(KNOWN_BYTES);
  readonly #toNew = new InFlight(NEW_BYTES);
  #crowdedSince = Infinity;
  /** When a send waited, and it was doubted who is there. */
  #doubtedAt = -Infinity;
  /** Those who are being asked; the first was asked first. */
  readonly #asked = new Map<Neighbour, AbortController>();

  /**
   * @param isHere Asks a host.
   * @param clock In milliseconds, and never goes back.
   */
  constructor(isHere: AskNeighbour, clock = () => performance.now()) {
    this.#isHere = isHere;
    this.#clock = clock;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#recent.size + this.#earlier.size;
  }

  /** Takes over which networks there are. */
  update({ networks, hostnames }: Links): void {
    this.#recent.clear();
    this.#earlier.clear();
    this.#isNeighbour = networks.length === 0
      ? () => false
      : accessRule({ allow: readIpSet(networks), deny: readIpSet(hostnames) });
  }

  /** Finds a host on a link; nothing if the host is behind a router. */
  find(hostname: string, now: number): Neighbour | null {
    const known = this.#recent.get(hostname);
    return known !== undefined ? known : this.#remember(hostname, now);
  }

  /** Whether a host may be sent so much now. */
  admits(neighbour: Neighbour, bytes: number, now: number): boolean {
    if (this.#isKnown(neighbour, now)) return neighbour.here;
    const toNew = this.#toNew.bytes(now);
    if (toNew === 0) this.#crowdedSince = Infinity;
    else if (toNew >= NEW_BYTES / 2) {
      this.#crowdedSince = Math.min(this.#crowdedSince, now);
    }
    const inFlight = this.#inFlight(neighbour);
    const before = inFlight.bytes(now);
    // One that is larger may go alone.
    const admitted = before === 0 || before + cost(bytes) <= inFlight.most;
    if (!admitted || this.#crowdedSince !== Infinity) {
      if (now >= neighbour.askAt) this.#ask(neighbour, now);
    }
    return admitted;
  }

  /** Counts what a host is sent. */
  sent(neighbour: Neighbour, bytes: number, now: number): void {
    if (this.#isKnown(neighbour, now)) return;
    this.#inFlight(neighbour).add(cost(bytes));
  }

  /**
   * Takes notice that sends wait: the buffer is full. Who was there may have left
   * the link, and one that says nothing may be one whom a firewall of this
   * machine's does not let us ask.
   */
  blocked(now: number): void {
    if (now - this.#doubtedAt >= DOUBT_MS) this.#doubtedAt = now;
  }

  #isKnown({ here, foundAt, knownUntil }: Neighbour, now: number): boolean {
    return now < knownUntil && !(here && foundAt <= this.#doubtedAt);
  }

  #inFlight({ since }: Neighbour): InFlight {
    const wasBefore = this.#crowdedSince !== Infinity &&
      since < this.#crowdedSince - BEFORE_MS;
    return wasBefore ? this.#toKnown : this.#toNew;
  }

  #remember(hostname: string, now: number): Neighbour | null {
    const earlier = this.#earlier.get(hostname);
    const neighbour = earlier !== undefined
      ? earlier
      : this.#isNeighbour(hostname.replace(/%.*$/, ""))
      ? {
        hostname,
        since: now,
        here: false,
        knownUntil: 0,
        foundAt: 0,
        askedAt: 0,
        askAt: 0,
      }
      : null;
    if (this.#recent.size >= MOST_REMEMBERED) {
      this.#earlier = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(hostname, neighbour);
    return neighbour;
  }

  /** Finds out whether a host is there, unless too many are being asked. */
  async #ask(neighbour: Neighbour, now: number): Promise<void> {
    if (this.#asked.size >= MOST_ASKED && !this.#giveUpFirst(now)) return;
    const asking = new AbortController();
    this.#asked.set(neighbour, asking);
    neighbour.askedAt = now;
    neighbour.askAt = Infinity;
    const here = await this.#isHere(neighbour.hostname, asking.signal);
    this.#asked.delete(neighbour);
    this.#found(neighbour, here, this.#clock());
  }

  #giveUpFirst(now: number): boolean {
    const [[first, asking]] = this.#asked;
    if (now - first.askedAt < ANSWER_MS) return false;
    this.#asked.delete(first);
    asking.abort();
    return true;
  }

  #found(neighbour: Neighbour, here: boolean | undefined, now: number): void {
    neighbour.askAt = now + ASK_AGAIN_MS;
    if (here === undefined) return;
    const isSilent = here && now - neighbour.askedAt >= UNRESOLVED_MS;
    if (isSilent && now - this.#doubtedAt < DOUBT_MS) return;
    neighbour.foundAt = now;
    neighbour.here = here;
    neighbour.knownUntil = now + (here ? HERE_MS : ABSENT_MS);
    if (!here) neighbour.since = Infinity;
  }
}

/** What a datagram takes in the buffer, including headers and the system's own data. */
function cost(bytes: number): number {
  return DATAGRAM_COST + BYTE_COST * bytes;
}
