/**
 * Loopback addresses and ports for tests that must choose them before anybody binds them.
 *
 * @module
 */

import { has, LOOPBACK_NET } from "./needs.ts";

/**
 * A loopback address that no other test has, so that every port on it is free;
 * 127.0.0.1 where that is the only one. Take the ports from {@linkcode ownPort} then.
 */
export function ownHost(): string {
  if (!has(LOOPBACK_NET)) return "127.0.0.1";
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  return `127.${a}.${b}.${Math.max(2, Math.min(c, 254))}`;
}

/** A port that is free on every address, over TCP and UDP: one below those that systems give to clients, so that it stays free. */
export function ownPort(): number {
  for (;;) {
    const [number] = crypto.getRandomValues(new Uint16Array(1));
    const port = 10_000 + number % 20_000;
    try {
      const local = { hostname: "0.0.0.0", port };
      Deno.listen(local).close();
      Deno.listenDatagram({ ...local, transport: "udp" }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
