/**
 * What goes wrong during a soak, all of it at once.
 *
 * @module
 */

import { connect, exchangeTcp, UdpClient } from "../tests/support/clients.ts";
import { inject } from "../tests/support/bad_clients.ts";
import { http } from "../tests/support/admin.ts";
import { Random } from "../tests/support/random.ts";
import type { Mynah } from "../tests/support/mynah.ts";

/** Figures of a soak. */
export interface Faults {
  /** `MYNAH_SEED` for the same again. */
  readonly seed: number;
  /** TCP clients that sent something, checked the echo, and left. */
  shortClients: number;
  /** Clients that reset, vanished, stayed half open, or sent junk. */
  injected: number;
  /** Datagrams sent as fast as they go, to a service of their own. */
  flooded: number;
  readonly reloads: { good: number; bad: number };
  /** Bytes that a short client did not get back. */
  lost: number;
  readonly errors: string[];
}

const RELOAD_PAUSE_MS = 200;
const FLOOD_PAUSE_MS = 50;
const FLOOD = 1000;
/** An idle client of the admin address is let go before this. */
const IDLE_MS = 8000;
const IDLE_CLIENTS = 50;

/** A config in two variants that differ in all that may change without ending a connection of `echo`. */
export function soakConfig(i: number): unknown {
  const listen = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];
  const isOdd = i % 2 === 1;
  const services = [
    {
      name: "echo",
      type: "echo",
      listen,
      max_connections: isOdd ? 5000 : 6000,
      deny: isOdd ? ["192.0.2.1"] : [],
    },
    {
      name: "quotes",
      type: "qotd",
      listen,
      quotes: { inline: [isOdd ? "odd" : "even"] },
    },
    { name: "narrow", type: "echo", listen, max_connections_per_client: 2 },
    { name: "flooded", type: "qotd", listen, udp_replies_per_second: 10 },
  ];
  const more = { name: `variant${i}`, type: "echo", listen };
  return {
    // At first with the line that says where mynah listens.
    log: { level: i === 0 ? "info" : "error" },
    shutdown_grace: "1s",
    admin: "127.0.0.1:0",
    services: isOdd ? [...services, more] : services,
  };
}

/** Injects faults for so many seconds. */
export async function injectFaults(
  mynah: Mynah,
  seconds: number,
): Promise<Faults> {
  const { addresses, admin } = mynah;
  const [tcp] = addresses;
  const flooded = addresses[7];
  const random = new Random();
  const figures: Faults = {
    seed: random.seed,
    shortClients: 0,
    injected: 0,
    flooded: 0,
    reloads: { good: 0, bad: 0 },
    lost: 0,
    errors: [],
  };
  const end = performance.now() + seconds * 1000;

  async function untilEnd(pauseMs: number, work: (i: number) => Promise<void>) {
    for (let i = 1; performance.now() < end; i++) {
      await work(i);
      await delay(pauseMs);
    }
  }

  async function reload(i: number) {
    const isBad = i % 3 === 0;
    mynah.write(isBad ? { services: [{ name: "bad" }] } : soakConfig(i));
    const { status } = await http(admin, "POST", "/-/reload");
    if (status !== (isBad ? 422 : 200)) {
      figures.errors.push(`a reload was answered with ${status}`);
    }
    figures.reloads[isBad ? "bad" : "good"]++;
  }

  async function exchange() {
    const bytes = random.bytes(random.int(20_000));
    const answer = await exchangeTcp(tcp, bytes).catch(() => new Uint8Array());
    figures.lost += bytes.filter((byte, i) => byte !== answer[i]).length;
    figures.shortClients++;
  }

  async function breakSomething() {
    await inject(random.pick(addresses), random);
    figures.injected++;
  }

  async function flood() {
    using client = new UdpClient(flooded);
    const bytes = random.bytes(10);
    for (let i = 0; i < FLOOD; i++) await client.send(bytes);
    figures.flooded += FLOOD;
  }

  async function idleOnAdmin() {
    const clients = await Promise.all(
      Array.from({ length: IDLE_CLIENTS }, () => connect(admin)),
    );
    await delay(Math.min(IDLE_MS, end - performance.now()));
    for (const client of clients) client.close();
  }

  await Promise.all([
    untilEnd(RELOAD_PAUSE_MS, reload),
    untilEnd(FLOOD_PAUSE_MS, flood),
    untilEnd(0, idleOnAdmin),
    ...[1, 2].map(() => untilEnd(0, exchange)),
    ...[1, 2, 3, 4].map(() => untilEnd(0, breakSomething)),
  ]);
  return figures;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
