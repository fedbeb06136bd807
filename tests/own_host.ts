/**
 * Loopback addresses for tests that must choose their ports.
 *
 * @module
 */

/**
 * A loopback address that no other test has, so that every port on it is free.
 * On Linux all of 127.0.0.0/8 is this machine.
 */
export function ownHost(): string {
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  return `127.${a}.${b}.${Math.max(2, Math.min(c, 254))}`;
}

/** A port that is probably free on every address: below those that systems give to clients. */
export function ownPort(): number {
  const [number] = crypto.getRandomValues(new Uint16Array(1));
  return 10_000 + number % 20_000;
}
