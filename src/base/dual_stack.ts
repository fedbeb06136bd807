/**
 * Whether a socket on `::` also takes IPv4: found out by binding one, because
 * Deno shows neither `IPV6_V6ONLY` nor the `net.ipv6.bindv6only` that sets it.
 *
 * @module
 */

/** On a machine without IPv6, with IPv6 sockets that take IPv4 too, or with some that do not. */
export type Ipv6 = "none" | "dual" | "only";

/** A port that another program has on 0.0.0.0 looks the same: two are not taken by chance. */
const TRIES = 2;

let known: Ipv6 | undefined;

/** Says what this machine has. Changes at the next start. */
export function ipv6OfThisMachine(): Ipv6 {
  return known ??= find();
}

function find(): Ipv6 {
  for (let left = TRIES; left > 0; left--) {
    using listener = tryListen("::", 0);
    if (!listener) return "none";
    using other = tryListen("0.0.0.0", listener.addr.port);
    if (other) return "only";
  }
  return "dual";
}

function tryListen(
  hostname: string,
  port: number,
): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname, port });
  } catch {
    return undefined; // Which is the answer.
  }
}
