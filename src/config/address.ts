/**
 * Addresses as people write them: `tcp://127.0.0.1:7`, `udp://[::]:7`, `tcp://*:7`.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** A transport of the Internet protocols that mynah speaks. */
export type Transport = "tcp" | "udp";

/** Where to listen, or whom to reach. */
export interface Address {
  readonly transport: Transport;
  /** An IPv4 or IPv6 address without brackets, a host name, or `*` for every address of this machine. */
  readonly hostname: string;
  /** 0 to 65535; 0 lets the system choose. */
  readonly port: number;
}

/** The shape of an address, also told to editors by the JSON Schema. */
export const ADDRESS_PATTERN =
  /^(tcp|udp):\/\/(\[[^\]\s]+\]|[^:/\s[\]]+):(\d{1,5})$/;

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

/**
 * Reads an address.
 *
 * @throws {SyntaxError} When it is none; the message says what was expected.
 */
export function parseAddress(text: string): Address {
  const match = ADDRESS_PATTERN.exec(text);
  if (!match) {
    throw new SyntaxError(
      'an address such as "tcp://0.0.0.0:7" or "udp://[::]:7"',
    );
  }
  const [, transport, host, digits] = match;
  const port = Number(digits);
  if (port > 65535) throw new SyntaxError("a port from 0 to 65535");
  return {
    transport: transport as Transport,
    hostname: parseHost(host),
    port,
  };
}

/**
 * Reads an admin address, `HOST:PORT`.
 *
 * @throws {SyntaxError} When it is none; the message says what was expected.
 */
export function parseAdminAddress(text: string): Address {
  try {
    return parseAddress(`tcp://${text}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SyntaxError('HOST:PORT, such as "127.0.0.1:9090"');
  }
}

function parseHost(host: string): string {
  if (host === "*") return host;
  if (host.startsWith("[")) {
    const address = host.slice(1, -1);
    if (address.includes("%")) {
      throw new SyntaxError("an IPv6 address without a zone");
    }
    if (!ipaddr.IPv6.isValid(address)) {
      throw new SyntaxError("an IPv6 address between the brackets");
    }
    return ipaddr.IPv6.parse(address).toString();
  }
  if (/^[\d.]+$/.test(host)) {
    if (!ipaddr.IPv4.isValidFourPartDecimal(host)) {
      throw new SyntaxError("an IPv4 address of four numbers, 0 to 255 each");
    }
    return host;
  }
  if (!HOST_NAME.test(host)) throw new SyntaxError("a host name or IP address");
  return host.toLowerCase();
}

/** Writes an address as {@linkcode parseAddress} reads it. */
export function formatAddress(
  { transport, hostname, port }: Address,
): string {
  return `${transport}://${formatHostPort(hostname, port)}`;
}

/** Writes `HOST:PORT`, with brackets around an IPv6 address. */
export function formatHostPort(hostname: string, port: number): string {
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}
