import { assertEquals, assertLess } from "@std/assert";
import { answered, ask, guardWith } from "../../tests/support/guards.ts";
import { markAddress } from "./loop.ts";
import { type UdpGuard, UdpMemory } from "./udp_guard.ts";

const PORT = 40000;
const HELLO = new TextEncoder().encode("hello");

/** How many datagrams two servers send each other until both are silent, once these have come to the first. */
function exchange(
  guards: readonly [UdpGuard, UdpGuard],
  requests: readonly Uint8Array[],
  { hostname, roundTripMs, answer }: {
    hostname: string;
    roundTripMs: number;
    answer?: (request: Uint8Array) => Uint8Array;
  },
): number {
  let count = 0;
  let alive = requests;
  for (let now = 0; alive.length > 0; now += roundTripMs) {
    guards.forEach((guard, server) => {
      count += alive.length;
      alive = alive.flatMap((request) => {
        // The first answers with what it was sent; the second may have its own.
        const reply = server === 1 && answer ? answer(request) : request;
        const options = { port: PORT + server, request, answer: reply };
        return ask(guard, hostname, now, options) ? [] : [reply];
      });
    });
    assertLess(count, 10_000_000);
  }
  return count;
}

Deno.test("two servers that answer each other fall silent, on loopback or whatever the budget", () => {
  for (const roundTripMs of [0, 0.05, 1, 100, 499]) {
    const local = { hostname: "127.0.0.1", roundTripMs };
    assertEquals(exchange([guardWith(), guardWith()], [HELLO], local), 1999);

    const limits = { udpRepliesPerSecond: 1_000_000 };
    const guards = [guardWith(limits), guardWith(limits)] as const;
    const remote = { hostname: "192.0.2.1", roundTripMs };
    assertEquals(exchange(guards, [HELLO], remote), 1999);
  }
});

Deno.test("two servers that answer each other faster than the budget fall silent with it", () => {
  const count = exchange([guardWith(), guardWith()], [HELLO], {
    hostname: "192.0.2.1",
    roundTripMs: 1,
  });
  assertLess(count, 500);
});

Deno.test("many datagrams that go round at once all come to an end", () => {
  for (const loops of [2, 64, 65, 100, 500]) {
    const requests = Array.from(
      { length: loops },
      (_, i) => new TextEncoder().encode(`datagram ${i}`),
    );
    const count = exchange([guardWith(), guardWith()], requests, {
      hostname: "127.0.0.1",
      roundTripMs: 0.1,
    });
    assertLess(count, 2000 * 10 * loops);
  }
});

Deno.test("an echo and a server that answers anew each time fall silent", () => {
  let quotes = 0;
  const count = exchange([guardWith(), guardWith()], [HELLO], {
    hostname: "127.0.0.1",
    roundTripMs: 0.1,
    answer: () => new TextEncoder().encode(`quote ${quotes++}`),
  });
  assertEquals(count, 2000);
});

Deno.test("numbered datagrams never lose one", () => {
  assertEquals(answered(guardWith(), "127.0.0.1", 200_000), 200_000);
});

Deno.test("a client that waits between datagrams never loses one", () => {
  const guard = guardWith();
  for (let now = 0; now < 10_000_000; now += 500) {
    assertEquals(ask(guard, "192.0.2.1", now), undefined);
  }
});

Deno.test("only what is answered counts for a loop", () => {
  const guard = guardWith({ udpRepliesPerSecond: 100 });
  const silences = new Set<string | undefined>();
  // Far more than a thousand, of which the budget lets 200 have an answer.
  for (let i = 0; i < 5000; i++) silences.add(ask(guard, "192.0.2.1", 0));
  assertEquals(silences, new Set([undefined, "rate"]));
});

Deno.test("marks are other ones in each process", () => {
  const salts = Array.from({ length: 10 }, () => new UdpMemory().salt);
  const marks = salts.map((salt) => markAddress(salt, "192.0.2.1"));
  assertEquals(new Set(marks).size, 10);
});
