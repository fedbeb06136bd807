import { assert, assertEquals } from "@std/assert";
import {
  accessOf,
  answered,
  ask,
  forged,
  guardWith,
  OWN_PORT,
} from "../../tests/support/guards.ts";
import { type UdpGuard, UdpMemory } from "./udp_guard.ts";

const QUOTE = new Uint8Array(511);
/** More than any table has places for. */
const MANY = 1_000_000;

Deno.test("an unsafe source gets no answer, whatever the rules allow", () => {
  const guard = guardWith({ allow: ["0.0.0.0/0"] });
  assertEquals(ask(guard, "192.0.2.1", 0, { port: 7 }), "source_port");
  assertEquals(ask(guard, "192.0.2.1", 0, { port: OWN_PORT }), "own_port");
  assertEquals(ask(guard, "224.0.0.1", 0), "source_address");
  assertEquals(ask(guard, "192.0.2.1", 0), undefined);
});

Deno.test("a source port below the lowest that is set gets no answer", () => {
  const guard = guardWith({ udpMinClientPort: 32_768 });
  assertEquals(ask(guard, "192.0.2.1", 0, { port: 32_767 }), "source_port");
  assertEquals(ask(guard, "192.0.2.1", 0, { port: 32_768 }), undefined);
});

Deno.test("an IPv6 address that stands for no IPv4 host gets no answer", () => {
  const guard = guardWith();
  for (
    const hostname of [
      "64:ff9b::224.0.0.1",
      "64:ff9b::255.255.255.255",
      "64:ff9b::127.0.0.1",
      "2002:7f00:1::1",
      "2002:e000:1::",
      "2001::80ff:fffe",
    ]
  ) assertEquals(ask(guard, hostname, 0), "source_address", hostname);
  for (const hostname of ["64:ff9b::192.0.2.1", "2002:c000:201::", "::1"]) {
    assertEquals(ask(guard, hostname, 0), undefined, hostname);
  }
  assertEquals(ask(guard, "::ffff:127.0.0.1", 0), undefined);
});

Deno.test("a denied source gets no answer", () => {
  const guard = guardWith({ deny: ["192.0.2.0/24"] });
  assertEquals(ask(guard, "192.0.2.1", 0), "denied");
  assertEquals(ask(guard, "::ffff:192.0.2.1", 0), "denied");
  assertEquals(ask(guard, "198.51.100.1", 0), undefined);
});

Deno.test("the rules hold for each address of an IPv6 /64, though all share a budget", () => {
  const guard = guardWith({ deny: ["2001:db8::bad"], udpRepliesPerSecond: 1 });
  assertEquals(ask(guard, "2001:db8::1", 0), undefined);
  assertEquals(ask(guard, "2001:db8::bad", 0), "denied");
  assertEquals(ask(guard, "2001:db8::2", 0), undefined);
  assertEquals(ask(guard, "2001:db8::3", 0), "rate");
  assertEquals(ask(guard, "2001:db8:0:1::1", 0), undefined);
});

Deno.test("a source may have 200 answers at once when no budget is set", () => {
  assertEquals(answered(guardWith(), "192.0.2.1", 1000), 200);
});

Deno.test("loopback has no budget when none is set", () => {
  for (const hostname of ["127.0.0.1", "127.8.8.8", "::1"]) {
    assertEquals(answered(guardWith(), hostname, 10_000), 10_000);
  }
  assertEquals(answered(guardWith(), "::ffff:127.0.0.1", 10_000), 10_000);
});

Deno.test("loopback has the budget that is set", () => {
  const guard = guardWith({ udpRepliesPerSecond: 5 });
  assertEquals(answered(guard, "127.0.0.1", 100), 10);
  assertEquals(answered(guard, "::1", 100), 10);
  assertEquals(answered(guard, "::ffff:127.0.0.1", 100), 0);
});

Deno.test("only loopback itself is spared, not its IPv6 neighbors", () => {
  const guard = guardWith();
  answered(guard, "::1", 1000);
  assertEquals(answered(guard, "::2", 1000), 200);
});

Deno.test("a source is silenced past its budget, and no other is", () => {
  const guard = guardWith({ udpRepliesPerSecond: 10 });
  let answers = 0;
  for (let now = 0; now < 10_000; now++) {
    if (ask(guard, "192.0.2.1", now) === undefined) answers++;
    if (now % 1000 === 0) assertEquals(ask(guard, "192.0.2.2", now), undefined);
  }
  assertEquals(answers, 20 + 99);
});

Deno.test("answers that are larger than three requests run out", () => {
  const guard = guardWith();
  const request = new Uint8Array();
  const silences = Array.from(
    { length: 19 },
    () => ask(guard, "192.0.2.1", 0, { request, answer: QUOTE }),
  );
  assertEquals(silences.indexOf("amplification"), 18);
});

/** Has a client ask every so often, three times before a flood and then for two minutes amid it: `flood` every 100 ms. */
function survives(
  guard: UdpGuard,
  flood: (now: number) => void,
  everyMs: number,
): void {
  const floodAt = 2 * Math.max(1000, everyMs) + 100;
  for (let now = 0; now < floodAt + 121_000; now += 100) {
    if (now >= floodAt) flood(now);
    if (now % everyMs !== 0) continue;
    const request = new TextEncoder().encode(`${now}`);
    assertEquals(ask(guard, "192.0.2.1", now, { request }), undefined);
  }
}

Deno.test("a million forged sources do not silence one that was there before", () => {
  for (const everyMs of [100, 60_000]) {
    const guard = guardWith();
    let i = 0;
    survives(guard, (now) => {
      for (const end = i + 834; i < end; i++) ask(guard, forged(i), now);
    }, everyMs);
    assert(i > MANY);
  }
});

Deno.test("forged sources that come back do not silence one that was there before", () => {
  for (const everyMs of [100, 60_000]) {
    const guard = guardWith({ udpRepliesPerSecond: 25 });
    let i = 0;
    survives(guard, (now) => {
      for (const end = i + 200; i < end; i++) {
        ask(guard, forged(i), now);
        // Twice more: all of them are regulars, as far as there are places.
        for (const ago of [2400, 4800]) {
          if (i >= ago) ask(guard, forged(i - ago), now);
        }
      }
    }, everyMs);
  }
});

Deno.test("a flood that ends leaves the service open to new clients at once", () => {
  const guard = guardWith();
  for (let i = 0; i < MANY; i++) ask(guard, forged(i), 0);
  assertEquals(ask(guard, "192.0.2.1", 0), "newcomers");
  assertEquals(ask(guard, "192.0.2.1", 10), undefined);
});

Deno.test("new limits hold at once", () => {
  const guard = guardWith();
  assertEquals(ask(guard, "192.0.2.1", 0), undefined);
  guard.update({ access: accessOf({ deny: ["192.0.2.1"] }) });
  assertEquals(ask(guard, "192.0.2.1", 0), "denied");
  guard.update({ access: accessOf({}), udpRepliesPerSecond: 1 });
  assertEquals(answered(guard, "192.0.2.2", 100), 2);
});

Deno.test("new limits in the midst of a flood do not silence who was there before", () => {
  const guard = guardWith();
  for (const now of [0, 1000, 2000]) {
    assertEquals(ask(guard, "192.0.2.1", now), undefined);
  }
  guard.update({ access: accessOf({ deny: ["10.0.0.0/9"] }) });
  for (let i = 0; i < MANY; i++) ask(guard, `11.${forged(i).slice(3)}`, 2000);
  assertEquals(ask(guard, "192.0.2.2", 2000), "newcomers");
  assertEquals(ask(guard, "192.0.2.1", 2000), undefined);
});

Deno.test("services share what a source may be sent, and each has its own for new ones", () => {
  const memory = new UdpMemory();
  const guards = Array.from({ length: 50 }, () => guardWith({}, memory));
  let answers = 0;
  for (const guard of guards) answers += answered(guard, "192.0.2.1", 1000);
  assertEquals(answers, 200);
  for (let i = 0; i < 10_000; i++) ask(guards[0], forged(i), 0);
  assertEquals(ask(guards[0], "192.0.2.2", 0), "newcomers");
  assertEquals(ask(guards[1], "192.0.2.2", 0), undefined);
});
