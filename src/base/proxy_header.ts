/**
 * The header of the PROXY protocol, versions 1 and 2, with which a load balancer
 * names the client for whom it connects:
 * {@link https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt}.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import type { SocketAddress } from "./address.ts";
import { crc32c } from "./crc32c.ts";

/** The content of a header. An IPv4-mapped address (`::ffff:10.0.0.1`) is given as its IPv4 address. */
export interface ProxyHeader {
  /** How many bytes it has; what follows is the client's. */
  readonly length: number;
  /** The client; absent where the connection is the load balancer's own (LOCAL), or it does not say (UNKNOWN, UNSPEC). */
  readonly source?: SocketAddress;
  /** The address that the client asked. */
  readonly destination?: SocketAddress;
}

const V1_START = new TextEncoder().encode("PROXY ");
/** Of version 1, its CRLF included. */
const V1_MOST_BYTES = 107;
const V2_SIGNATURE = new Uint8Array([
  ...[0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a],
]);
/** Of version 2: signature, version and command, family, length. */
const V2_FIXED_BYTES = 16;
const TLV_CRC32C = 0x03;

/**
 * Reads a header from the first bytes of a connection.
 *
 * @returns Nothing if more bytes are needed.
 * @throws {SyntaxError} If the bytes are not a header, and no further byte can make them one.
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader | undefined {
  if (startsAlike(bytes, V1_START)) return parseV1(bytes);
  if (startsAlike(bytes, V2_SIGNATURE)) return parseV2(bytes);
  throw new SyntaxError("no PROXY header");
}

/** Whether two byte strings are the same as far as the shorter one goes. */
function startsAlike(bytes: Uint8Array, start: Uint8Array): boolean {
  const length = Math.min(bytes.length, start.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}

function parseV1(bytes: Uint8Array): ProxyHeader | undefined {
  const end = bytes.subarray(0, V1_MOST_BYTES).indexOf(0x0a) + 1;
  if (end === 0) {
    if (bytes.length < V1_MOST_BYTES) return undefined;
    throw new SyntaxError(
      `a version 1 header of more than ${V1_MOST_BYTES} bytes`,
    );
  }
  const line = String.fromCharCode(...bytes.subarray(0, end));
  if (/^PROXY UNKNOWN( [^\r\n]*)?\r\n$/.test(line)) return { length: end };
  const match = /^PROXY TCP([46]) (\S+) (\S+) (\d+) (\d+)\r\n$/.exec(line);
  if (!match) throw new SyntaxError("a malformed version 1 header");
  const [, family, source, destination, sourcePort, destinationPort] = match;
  return {
    length: end,
    source: readSocketAddress(family, source, sourcePort),
    destination: readSocketAddress(family, destination, destinationPort),
  };
}

function readSocketAddress(
  family: string,
  host: string,
  digits: string,
): SocketAddress {
  const isValid = family === "4"
    ? ipaddr.IPv4.isValidFourPartDecimal(host)
    : ipaddr.IPv6.isValid(host) && !host.includes("%");
  const port = Number(digits);
  if (!isValid || !/^(0|[1-9]\d{0,4})$/.test(digits) || port > 65535) {
    throw new SyntaxError("a version 1 header with a malformed address");
  }
  return { hostname: ipaddr.process(host).toString(), port };
}

function parseV2(bytes: Uint8Array): ProxyHeader | undefined {
  if (bytes.length < V2_FIXED_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, command] = [bytes[12] >> 4, bytes[12] & 0x0f];
  if (version !== 2 || command > 1) {
    throw new SyntaxError("a PROXY header of an unknown version or command");
  }
  const [family, transport] = [bytes[13] >> 4, bytes[13] & 0x0f];
  // UNSPEC, IPv4, IPv6, Unix; UNSPEC, stream, datagram.
  if (family > 3 || transport > 2) {
    throw new SyntaxError("a PROXY header of an unknown family");
  }
  const length = V2_FIXED_BYTES + view.getUint16(14);
  if (bytes.length < length) return undefined;

  const addressBytes = [0, 12, 36, 216][family];
  if (length < V2_FIXED_BYTES + addressBytes) {
    throw new SyntaxError("a PROXY header too short for its addresses");
  }
  const isProxied = command === 1;
  // Those of LOCAL and UNSPEC may be anything.
  if (isProxied && family !== 0) {
    checkTlvs(bytes.subarray(0, length), V2_FIXED_BYTES + addressBytes);
  }
  // Other families have no meaning on a TCP connection, and are valid: then it is the connection's own address that counts.
  if (!isProxied || transport !== 1 || (family !== 1 && family !== 2)) {
    return { length };
  }
  const size = family === 1 ? 4 : 16;
  const ports = V2_FIXED_BYTES + 2 * size;
  const socketAddress = (at: number, port: number): SocketAddress => ({
    hostname: ipaddr.process(
      ipaddr.fromByteArray([...bytes.subarray(at, at + size)]).toString(),
    ).toString(),
    port: view.getUint16(port),
  });
  return {
    length,
    source: socketAddress(V2_FIXED_BYTES, ports),
    destination: socketAddress(V2_FIXED_BYTES + size, ports + 2),
  };
}

/** Checks that the type-length-values fill the header, and the checksum, if one of them is it. */
function checkTlvs(header: Uint8Array, start: number): void {
  for (let at = start; at < header.length;) {
    const value = at + 3;
    const end = value + (header[at + 1] << 8 | header[at + 2]);
    if (!(end <= header.length)) {
      throw new SyntaxError("a PROXY header with a malformed TLV");
    }
    if (header[at] === TLV_CRC32C) checkCrc32c(header, value, end);
    at = end;
  }
}

function checkCrc32c(header: Uint8Array, start: number, end: number): void {
  if (end - start !== 4) {
    throw new SyntaxError("a PROXY header with a malformed TLV");
  }
  const { buffer, byteOffset } = header;
  const sum = new DataView(buffer, byteOffset).getUint32(start);
  const zeroed = header.slice();
  zeroed.fill(0, start, end);
  if (crc32c(zeroed) !== sum) {
    throw new SyntaxError("a PROXY header with a wrong checksum");
  }
}

/** Writes a header for a client and the address that it asked. Both are of one family. */
export function formatProxyHeader(
  version: 1 | 2,
  source: SocketAddress,
  destination: SocketAddress,
): Uint8Array<ArrayBuffer> {
  const [from, to] = [source, destination].map(({ hostname }) =>
    ipaddr.parse(hostname)
  );
  const isIpv4 = from.kind() === "ipv4";
  if (version === 1) {
    return new TextEncoder().encode(
      `PROXY TCP${
        isIpv4 ? 4 : 6
      } ${from} ${to} ${source.port} ${destination.port}\r\n`,
    );
  }
  const addresses = [...from.toByteArray(), ...to.toByteArray()];
  const bytes = new Uint8Array(V2_FIXED_BYTES + addresses.length + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(V2_SIGNATURE);
  bytes[12] = 0x21;
  bytes[13] = isIpv4 ? 0x11 : 0x21;
  view.setUint16(14, addresses.length + 4);
  bytes.set(addresses, V2_FIXED_BYTES);
  view.setUint16(bytes.length - 4, source.port);
  view.setUint16(bytes.length - 2, destination.port);
  return bytes;
}
