/**
 * The parts of an address, `TRANSPORT://HOST:PORT`, and what to write in the place
 * of a text that does not have them all.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** The shape of an address. Whether host and port, its groups 2 and 3, are any good is not said. */
export const ADDRESS_SHAPE =
  /^(tcp|udp):\/\/(\[[^\]\s]+\]|[^:/\s[\]]+):([\w+,.'-]+)$/;

/** Says what should have been in the place of a text that is not in {@linkcode ADDRESS_SHAPE}: the address that was probably meant, if that can be told. */
export function expectedShape(text: string): string {
  for (const [what, address] of corrections(text)) {
    if (ADDRESS_SHAPE.test(address)) return `${what}, such as "${address}"`;
  }
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "");
  if (parts.length > 1 && parts.every((part) => ADDRESS_SHAPE.test(part))) {
    return `one address, or a list: ["${parts.join('", "')}"]`;
  }
  return 'an address such as "tcp://0.0.0.0:7" or "udp://[::]:7"';
}

/** What may be missing or too much, each with the text mended accordingly. */
function* corrections(text: string): Iterable<[what: string, address: string]> {
  if (/^\d{1,5}$/.test(text)) {
    yield ["an address, not a port alone", `tcp://*:${text}`];
  }
  yield ["an address with its transport", `tcp://${text}`];
  const [, scheme, rest] = /^([a-z]+)\d?:\/{0,2}(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return;
  const transport = /^udp$/i.test(scheme) ? "udp" : "tcp";
  const start = `${transport}://`;
  yield ['an address with "tcp://" or "udp://" in front', `${start}${rest}`];
  yield ["an address without a path", text.replace(/(?<!\/)\/(?!\/).*$/s, "")];
  yield ["an address with its port", `${start}${rest}:7`];
  const [, host, port = ":7"] = /^(.*?)(:\d+)?$/s.exec(rest)!;
  for (const [ipv6, end] of [[host, port], [rest, ":7"]]) {
    if (!ipaddr.IPv6.isValid(ipv6)) continue;
    yield ["an IPv6 address in brackets", `${start}[${ipv6}]${end}`];
  }
}
