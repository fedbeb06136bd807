/**
 * The contract between listeners and services.
 *
 * A service sees one connection or one datagram and returns or throws. It never
 * sees a socket, a limit, a log or the config file: those belong to the layers
 * around it, so a service fits on a screen, and its tests need none of them.
 *
 * @module
 */

import type { ObjectEntries } from "valibot";
import type { SocketAddress } from "../base/address.ts";

/** Who asks, and where. */
export interface Addresses {
  /** What was asked: an address of this machine. */
  readonly local: SocketAddress;
  readonly client: SocketAddress;
  /** The load balancer that named the client. */
  readonly via?: SocketAddress;
}

/** One TCP connection as a service sees it: a byte stream whose bytes are counted for it. */
export interface Stream {
  /** Reads into `buffer`. Resolves to the number of bytes read, or `null` once the peer sends no more. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes all of `bytes`; resolves when the kernel has taken them, which slows down a fast sender. One call at a time. */
  write(bytes: Uint8Array): Promise<void>;
  /** Who asks, and where. */
  readonly addresses: Addresses;
  /** Set by a service of mynah's own while it works out an answer: meanwhile no other client takes the place of this one. */
  working?: boolean;
}

/** A service, ready to answer. */
export interface Service {
  /** What it serves, for `mynah check`: "431 quotes, daily". Empty when there is nothing to add to the type. */
  readonly summary: string;
  /** What the operator should know before it serves: quotes left out, for one. */
  readonly warnings: readonly string[];
  /** What it sends one of to each client and datagram, where that has a metric of its own. */
  readonly serves?: "quotes";
  /** Serves one TCP connection. The listener half-closes and closes it when this returns or throws. */
  stream(connection: Stream): Promise<void>;
  /**
   * The answer to one UDP datagram, at most one datagram long, or `null` where
   * silence is the right answer. `received` is lent, not given. Absent in a
   * service of a type with {@linkcode ServiceType.noUdp}.
   */
  datagram?(
    received: Uint8Array,
    client: SocketAddress,
    local: SocketAddress,
  ): Uint8Array | null;
}

/** Values by name, which tell instances of a service apart. */
export type Labels = Readonly<Record<string, string>>;

/** What a service may use while it is created. */
export interface Resources {
  /** Reads a file that the config names, relative to the config file, or that comes with the program. Throws an `Error` whose message an operator understands. */
  readFile(file: string | URL, maxBytes: number): Promise<Uint8Array>;
  /** Gives 0, 1, 2 and so on: each number once, to whichever thread serves with this service. */
  count(): number;
  /** The name of the service in the config file. */
  readonly service: string;
  /** Labels from the command line. */
  readonly labels: Labels;
}

/** A kind of service: its entry in the registry. */
export interface ServiceType {
  /** The `type` in the config file. */
  readonly name: string;
  /** One line for help texts and the JSON Schema. */
  readonly description: string;
  /** The config keys that only this type has, as valibot schemas. `v.number()` and `v.boolean()` are given what the file holds as texts. */
  readonly options: ObjectEntries;
  /** Why it is not served over UDP, if it is not: the end of an error about its `listen`. */
  readonly noUdp?: string;
  /** Makes the service from its validated options. Throws {@linkcode OptionError} when what they name cannot be used. */
  create(
    options: Record<string, unknown>,
    resources: Resources,
  ): Service | Promise<Service>;
}

/** A type of service, and options that its schema has accepted. */
export interface ServiceOptions {
  /** A name from the registry. */
  readonly type: string;
  /** The keys that only this type of service has. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Creates a service, in whichever thread serves with it.
 *
 * @throws {OptionError} When what an option names cannot be used.
 */
export async function createService(
  { type: name, options }: ServiceOptions,
  resources: Resources,
  types: readonly ServiceType[],
): Promise<Service> {
  const type = types.find((type) => type.name === name);
  if (!type) throw new TypeError(`No service type "${name}"`);
  return await type.create(options, resources);
}

/** An option that is well-formed but cannot be used, such as a file that is not there. */
export class OptionError extends Error {
  override name = "OptionError";

  /**
   * @param path The keys that lead to the option within its service: `["quotes", "file"]`.
   * @param message What was found and what was expected.
   */
  constructor(readonly path: readonly string[], message: string) {
    super(message);
  }
}
