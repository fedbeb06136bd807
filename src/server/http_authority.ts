/**
 * The host that a request names, in `Host`, in its target, or in `Origin`.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** `HOST:PORT`, taken apart ({@link https://www.rfc-editor.org/rfc/rfc3986#section-3.2 RFC 3986 §3.2}). */
export interface Authority {
  /** In lower case, without a trailing dot; an IPv6 address without its brackets. */
  readonly name: string;
  /** Absent: that of the scheme. */
  readonly port?: number;
  /** Whether the name is an IP address. */
  readonly isIp: boolean;
}

/** Reads a host with or without a port; user names and whatever else is no part of a host make it none. */
export function parseAuthority(text: string): Authority | undefined {
  const match =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._~!$&'()*+,;=%-]*))(?::(\d{0,5}))?$/i
      .exec(text);
  if (!match) return undefined;
  const [, ipv6, name = "", digits = ""] = match;
  const port = digits === "" ? undefined : Number(digits);
  if (port !== undefined && port > 65535) return undefined;
  if (ipv6 !== undefined) {
    if (!ipaddr.IPv6.isValid(ipv6)) return undefined;
    return { name: ipaddr.IPv6.parse(ipv6).toString(), port, isIp: true };
  }
  const host = name.toLowerCase().replace(/\.$/, "");
  return { name: host, port, isIp: ipaddr.IPv4.isValidFourPartDecimal(host) };
}
