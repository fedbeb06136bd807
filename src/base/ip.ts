/**
 * IP addresses and blocks of them as people write them, in decimal. C reads
 * `10.1` as 10.0.0.1 and `010.0.0.1` as 8.0.0.1; nobody knows whether that was
 * meant.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { DECIMAL, decimalHint, inDecimal } from "./decimal.ts";

const IPV4 = "an IPv4 address of four numbers, 0 to 255 each";

/** What should have been in the place of a text that is meant as an IPv4 address and is none; nothing where it is one, or is not meant as one. */
export function ipv4Problem(text: string): string | undefined {
  if (!/^[\d.]+$/.test(text) && !isOfOtherNumbers(text)) return undefined;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return `${IPV4}${octetsHint(text)}`;
}

/** The same for IPv6, without brackets. */
export function ipv6Problem(text: string): string | undefined {
  if (!text.includes(":")) return undefined;
  if (text.includes("%")) return "an IPv6 address without a zone";
  if (!ipaddr.IPv6.isValid(text)) return "an IPv6 address";
  const [, ipv4] = /:([^:]*\.[^:]*)$/.exec(text) ?? [];
  return ipv4 === undefined ? undefined : ipv4Problem(ipv4);
}

/** What should have been in the place of a text that is no IP address and no CIDR block; nothing where it is one. */
export function blockProblem(text: string): string | undefined {
  const [, address, prefix] = /^(.*?)(?:\/(.*))?$/s.exec(text)!;
  const problem = ipv4Problem(address) ?? ipv6Problem(address);
  if (problem !== undefined) return problem;
  if (!ipaddr.isValid(address)) {
    return "an IP address or a CIDR block such as 10.0.0.0/8";
  }
  const most = address.includes(":") ? 128 : 32;
  return prefix === undefined || DECIMAL.test(prefix) && Number(prefix) <= most
    ? undefined
    : `a prefix from 0 to ${most}${decimalHint(prefix)}`;
}

/** Whether it is numbers and dots, some of them as C writes them: `0x7f.0.0.1`. */
function isOfOtherNumbers(text: string): boolean {
  return text.split(".").every((part) =>
    /^\d+$/.test(part) || inDecimal(part) !== undefined
  );
}

function octetsHint(text: string): string {
  const decimal = text.split(".").map((part) =>
    inDecimal(part)?.split(" ")[0] ?? part
  ).join(".");
  return ipaddr.IPv4.isValidFourPartDecimal(decimal)
    ? `, in decimal: ${decimal}`
    : "";
}
