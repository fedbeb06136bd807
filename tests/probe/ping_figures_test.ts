import { assert, assertEquals, assertGreater } from "@std/assert";
import type { ProbeEvent } from "../../src/probe/measure/events.ts";
import { ping, type PingOptions } from "../../src/probe/measure/ping.ts";
import type { Summary } from "../../src/probe/figures/summary.ts";
import { testLossless } from "./lossless.ts";
import { Relay, type RelayOptions } from "./relay.ts";
import { fullServer, tcpEcho, udpEcho } from "../support/servers.ts";
import { LINUX, testWith } from "../support/needs.ts";

const never = new AbortController().signal;

/** Pings, and keeps all that happens. */
async function pingAll(
  { transport, hostname, port }: Deno.NetAddr,
  options: Partial<PingOptions>,
): Promise<Summary & { readonly events: readonly ProbeEvent[] }> {
  const events: ProbeEvent[] = [];
  const summary = await ping(
    { transport: transport as "tcp" | "udp", hostname, port },
    {
      family: "any",
      flows: 1,
      sizes: { min: 64, max: 64 },
      connect: false,
      timeoutMs: 2000,
      pace: { kind: "interval", intervalMs: 2 },
      stop: never,
      force: never,
      ...options,
    },
    { start() {}, event: (event) => events.push(event) },
  );
  return { ...summary, events };
}

/** Pings an echo through a bad path. */
async function pingThrough(
  relayOptions: RelayOptions,
  options: Partial<PingOptions>,
) {
  using echo = udpEcho();
  using relay = new Relay(echo.address, relayOptions);
  const summary = await pingAll(relay.address, options);
  return { ...summary, done: relay.counts };
}

/** Asserts that all came back unchanged and in time, but for what a busy machine did not measure; if not, says what became of it. */
function assertAllBack(
  { total: { counts, lost } }: Summary,
  due: number,
): void {
  const { late, damaged, failed, stray } = counts;
  assertEquals(
    { due: counts.due, lost, late, damaged, failed, stray },
    { due, lost: 0, late: 0, damaged: 0, failed: 0, stray: 0 },
  );
}

const BAD_PATHS: Readonly<Record<string, Omit<RelayOptions, "seed">>> = {
  loss: { loss: 0.1 },
  duplication: { duplicate: 0.1 },
  reordering: { reorder: 0.1 },
  damage: { damage: 0.1 },
  "all of it": { loss: 0.05, duplicate: 0.05, reorder: 0.05, damage: 0.05 },
};

for (const [name, path] of Object.entries(BAD_PATHS)) {
  testLossless(
    `the figures are exactly what the path did: ${name}`,
    async () => {
      const { total, done } = await pingThrough({ seed: 5, ...path }, {
        count: 400,
      });
      const { counts, lost } = total;
      assertEquals(
        {
          lost: lost - counts.damaged,
          duplicated: counts.duplicated,
          reordered: counts.reordered,
          damaged: counts.damaged,
        },
        done,
      );
      assertEquals([counts.sent, counts.stray, counts.late], [400, 0, 0]);
      const happened = Object.values(done).reduce((sum, n) => sum + n, 0);
      assertGreater(happened, 20);
    },
  );
}

testLossless("the figures of each flow add up to the total", async () => {
  const { total, flows, done } = await pingThrough(
    { seed: 7, loss: 0.1, duplicate: 0.1 },
    { count: 40, flows: 10 },
  );
  const sum = (name: "sent" | "received" | "duplicated") =>
    flows.reduce((sum, { counts }) => sum + counts[name], 0);
  assertEquals(flows.length, 10);
  assertEquals(flows.map(({ counts }) => counts.sent), Array(10).fill(40));
  assertEquals(sum("received"), total.counts.received);
  assertEquals(sum("duplicated"), done.duplicated);
  assertEquals(total.lost, done.lost);
});

testWith(
  [LINUX],
  "a ping that is stopped before it is connected says that it was stopped",
  async () => {
    using server = await fullServer();
    const stop = new AbortController();
    const pinging = pingAll(server.address, { stop: stop.signal });
    stop.abort();
    assertEquals(await pinging.catch((error) => error), stop.signal.reason);
  },
);

testLossless(
  "a delay is measured, and the replies to the messages before are waited for",
  async () => {
    const summary = await pingThrough({ seed: 1, delayMs: () => 50 }, {
      count: 20,
    });
    assertAllBack(summary, 20);
    assertGreater(summary.total.rtt!.min, 49);
  },
);

testLossless(
  "what is delayed beyond the time-out is late, and lost",
  async () => {
    const { total, events } = await pingThrough(
      { seed: 1, delayMs: (reply) => reply < 2 ? 700 : 0 },
      { count: 200, timeoutMs: 400, pace: { kind: "interval", intervalMs: 5 } },
    );
    const { counts } = total;
    assert(counts.late >= 2, `${counts.late} are late`);
    assertEquals(counts.received + total.lost, 200);
    const overdue = events.filter(({ type }) => type === "timeout").length;
    assert(overdue >= 2 && overdue <= counts.late);
  },
);

testLossless(
  "a stall is seen by all who would have waited, not by one",
  async () => {
    // Replies 20 to 69 of 200 a second come back together: a stall of 250 ms.
    const stall = (reply: number) =>
      reply >= 20 && reply < 70 ? 5 * (70 - reply) : 0;
    const summary = await pingThrough(
      { seed: 1, delayMs: stall },
      { count: 200, pace: { kind: "rate", rate: 200 } },
    );
    assertAllBack(summary, 200);
    const slow = [...summary.distribution.bins()].reduce(
      (sum, { ms, count }) => ms > 95 ? sum + count : sum,
      0,
    );
    // A probe that waits for each reply would see one slow reply.
    assert(slow >= 30, `${slow} of the 31 that waited 100 ms were seen`);
  },
);

testLossless(
  "a flood of a thousand over TCP and UDP all comes back",
  async () => {
    using tcp = tcpEcho();
    using udp = udpEcho();
    for (const { address } of [tcp, udp]) {
      const summary = await pingAll(address, {
        count: 1000,
        pace: { kind: "flood" },
      });
      assertAllBack(summary, 1000);
    }
  },
);

for (const sizes of [{ min: 1, max: 200_000 }, { min: 1, max: 20 }]) {
  Deno.test(`messages of ${sizes.min} to ${sizes.max} bytes come back over TCP, on several connections`, async () => {
    using echo = tcpEcho();
    const summary = await pingAll(echo.address, {
      count: 30,
      flows: 4,
      sizes,
    });
    assertAllBack(summary, 120);
  });
}

testLossless("messages of 0 to 1000 bytes come back over UDP", async () => {
  using echo = udpEcho();
  const summary = await pingAll(echo.address, {
    count: 200,
    sizes: { min: 0, max: 1000 },
  });
  assertAllBack(summary, 200);
});
