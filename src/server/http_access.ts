/**
 * Which requests are obeyed: not those that a web page has a browser send.
 *
 * A page can have the browser of whoever visits it send a `POST` to any address
 * that the browser reaches, loopback included; it cannot keep it from telling
 * where the page is from (`Origin`, `Sec-Fetch-Site`). And it can give its own
 * name that address (DNS rebinding), and then read the answers as its own; it
 * cannot keep that name out of `Host`.
 *
 * @module
 */

import { type Authority, parseAuthority } from "./http_authority.ts";
import type { HttpRequest } from "./http_request.ts";

/** By whom an address may be asked. */
export interface HttpAccess {
  /** Whether only this machine reaches the address: then a name that is not known is an attack. */
  readonly loopback: boolean;
  /** The names that the address has, besides `localhost` and IP addresses: in lower case, without a trailing dot. */
  readonly hosts: readonly string[];
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
};

/** Why a request is not obeyed, or nothing. */
export function refusalOf(
  { method, host, fields }: HttpRequest,
  { loopback, hosts }: HttpAccess,
): string | undefined {
  if (loopback && host && !isKnown(host, hosts)) {
    return 'ask by an IP address, by "localhost", or by a name in admin.hosts';
  }
  if (method !== "POST") return undefined;
  const sites = fields.get("sec-fetch-site") ?? [];
  const origins = fields.get("origin") ?? [];
  const isForeign =
    sites.some((site) => site !== "same-origin" && site !== "none") ||
    origins.some((origin) => !isSame(origin, host));
  if (isForeign) return "web pages of another origin may not do this";
  // A page whose name was given this address says so of itself, and is right.
  if (origins.length > 0 && !isKnown(host!, hosts)) {
    return 'web pages may do this by an IP address, by "localhost", or by a name in admin.hosts';
  }
}

/** IP addresses and `localhost` cannot be rebound. */
function isKnown({ name, isIp }: Authority, hosts: readonly string[]): boolean {
  return isIp || name === "localhost" ||
    hosts.includes(name);
}

/** Whether an `Origin` is the very host that was asked. `null` is nobody's. */
function isSame(origin: string, host: Authority | undefined): boolean {
  const [, scheme, rest] = /^(https?):\/\/(.*)$/i.exec(origin) ?? [];
  const other = scheme === undefined ? undefined : parseAuthority(rest);
  if (other === undefined || host === undefined) return false;
  const standard = DEFAULT_PORTS[scheme.toLowerCase()];
  return other.name === host.name &&
    (other.port ?? standard) === (host.port ?? standard);
}
