/**
 * Addresses as people write them: `tcp://127.0.0.1:7`, `udp://[::]:7`, `tcp://*:7`.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { ADDRESS_SHAPE, expectedShape } from "./address_shape.ts";
import { DECIMAL, decimalHint } from "./decimal.ts";
import { ipv4Problem, ipv6Problem } from "./ip.ts";

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

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

/** The zone of a link-local address (RFC 4007 §11): the name or number of an interface. */
const ZONE = /^%[\w.-]{1,64}$/;

/**
 * Reads an address.
 *
 * @throws {SyntaxError} If it is not valid; the message says what was expected.
 */
export function parseAddress(text: string): Address {
  const { transport, hostname, port } = splitAddress(text);
  return { transport, hostname, port: parsePort(port) };
}

/**
 * Reads an address but for its port, which stays a text.
 *
 * @throws {SyntaxError} If it is not valid; the message says what was expected.
 */
export function splitAddress(
  text: string,
): Omit<Address, "port"> & { readonly port: string } {
  const match = ADDRESS_SHAPE.exec(text);
  if (!match) throw new SyntaxError(expectedShape(text));
  const [, transport, host, port] = match;
  return {
    transport: transport as Transport,
    hostname: parseHost(host),
    port,
  };
}

/**
 * Reads a port, 0 to 65535.
 *
 * @throws {SyntaxError} If it is not valid; the message says what was expected.
 */
export function parsePort(text: string): number {
  const port = Number(text);
  if (DECIMAL.test(text) && port <= 65535) return port;
  throw new SyntaxError(`a port from 0 to 65535${decimalHint(text)}`);
}

/**
 * Reads an admin address, `HOST:PORT`.
 *
 * @throws {SyntaxError} If it is not valid; the message says what was expected.
 */
export function parseAdminAddress(text: string): Address {
  if (!ADDRESS_SHAPE.test(`tcp://${text}`)) {
    throw new SyntaxError('HOST:PORT, such as "127.0.0.1:9090"');
  }
  return parseAddress(`tcp://${text}`);
}

/**
 * Reads a host name, into the form in which it is compared: lower case, without a trailing dot.
 *
 * @throws {SyntaxError} If it is not valid; the message says what was expected.
 */
export function parseHostName(text: string): string {
  if (!HOST_NAME.test(text)) {
    throw new SyntaxError(
      'a host name without a port, such as "mynah.example.org"',
    );
  }
  return text.toLowerCase().replace(/\.$/, "");
}

/** An IP address and a port. */
export interface SocketAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Whether only this machine reaches an address: 127.0.0.0/8, `::1` and `localhost` (RFC 6761 §6.3). */
export function isLoopback(hostname: string): boolean {
  if (!ipaddr.isValid(hostname)) return /^(.*\.)?localhost\.?$/i.test(hostname);
  return ipaddr.process(hostname).range() === "loopback";
}

function parseHost(host: string): string {
  if (host === "*") return host;
  if (host.startsWith("[")) {
    return parseIpv6(host.slice(1, -1));
  }
  const ipv4 = ipv4Problem(host);
  if (ipv4 !== undefined) throw new SyntaxError(ipv4);
  if (!HOST_NAME.test(host)) throw new SyntaxError("a host name or IP address");
  return host.toLowerCase();
}

/** With its zone, which only a link-local address has: the link that it belongs to. */
function parseIpv6(text: string): string {
  const [, address, zone] = /^([^%]*)(%.*)?$/.exec(text)!;
  const problem = ipv6Problem(address);
  if (problem !== undefined) throw new SyntaxError(problem);
  if (!ipaddr.IPv6.isValid(address)) {
    throw new SyntaxError("an IPv6 address between the brackets");
  }
  const ipv6 = ipaddr.IPv6.parse(address);
  if (zone === undefined) return ipv6.toString();
  if (ipv6.range() !== "linkLocal" || !ZONE.test(zone)) {
    throw new SyntaxError(
      'an IPv6 address without a zone, or a link-local one such as "[fe80::1%eth0]"',
    );
  }
  return `${ipv6}${zone}`;
}

/** The family of an address. */
export function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
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

/** An IP address as people write it: an IPv4 client of an IPv6 socket (`::ffff:10.0.0.1`) as what it is. */
export function plainHostname(hostname: string): string {
  const isMapped = hostname.startsWith("::ffff:") && hostname.includes(".");
  return isMapped ? hostname.slice("::ffff:".length) : hostname;
}
