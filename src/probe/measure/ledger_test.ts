import { assertEquals } from "@std/assert";
import { assertNear } from "../../../tests/assert_near.ts";
import type { Damage } from "./damage.ts";
import type { ProbeEvent } from "./events.ts";
import { Ledger } from "./ledger.ts";
import { summarize } from "../figures/summary.ts";

const DAMAGE: Damage = {
  sentBytes: 64,
  receivedBytes: 64,
  wrongBits: 1,
  firstWrongByte: 20,
};

function newLedger(timeoutMs = 100) {
  const events: ProbeEvent[] = [];
  const ledger = new Ledger({
    flow: 1,
    timeoutMs,
    onEvent: (event) => events.push(event),
  });
  return {
    ledger,
    events,
    /** Type and number of each event so far. */
    told: () =>
      events.map((event) =>
        "seq" in event ? `${event.type} ${event.seq}` : event.type
      ),
  };
}

function figuresOf(ledger: Ledger) {
  const flow = { ledger, open: true, send() {}, close() {} };
  return summarize([flow], 0).total;
}

Deno.test("what came back in time is received, the rest is lost", () => {
  const { ledger } = newLedger();
  for (let seq = 1; seq <= 4; seq++) ledger.sent(seq * 10);
  ledger.arrived(1, 12, 64);
  ledger.arrived(2, 26, 64);
  ledger.arrived(4, 44, 64);
  const { counts, lost, lossPercent, rtt, jitterMs } = figuresOf(ledger);
  assertEquals([counts.sent, counts.received, lost], [4, 3, 1]);
  assertEquals(lossPercent, 25);
  // Times 2, 6 and 4; differences 4 and −2: J = 4/16 = 0.25, then 0.25 + (2 − 0.25)/16.
  assertEquals([rtt!.min, rtt!.avg, rtt!.max], [2, 4, 6]);
  assertNear(rtt!.mdev, Math.sqrt(8 / 3), 1e-9);
  assertEquals(jitterMs, 0.359375);
});

Deno.test("a second copy is a duplicate, and no second reply", () => {
  const { ledger, told } = newLedger();
  ledger.sent(0);
  ledger.sent(1);
  for (const at of [5, 6, 7]) ledger.arrived(1, at, 64);
  const { counts, rtt } = figuresOf(ledger);
  assertEquals([counts.received, counts.duplicated], [1, 2]);
  assertEquals(rtt!.max, 5);
  assertEquals(ledger.pending, 1);
  assertEquals(told(), ["reply 1", "duplicate 1", "duplicate 1"]);
});

Deno.test("a message is out of order when a later one came back before it", () => {
  const { ledger, events } = newLedger();
  for (let i = 0; i < 6; i++) ledger.sent(0);
  for (const seq of [1, 3, 2, 6, 5, 4]) ledger.arrived(seq, 1, 64);
  assertEquals(ledger.statistics.counts.reordered, 3);
  assertEquals(
    events.flatMap((event) =>
      event.type === "reply" && event.outOfOrder ? [event.seq] : []
    ),
    [2, 5, 4],
  );
});

Deno.test("what comes back after the time-out is late, and lost", () => {
  const { ledger, told } = newLedger(100);
  ledger.sent(0);
  ledger.sent(50);
  ledger.expire(100);
  assertEquals(ledger.pending, 2);
  ledger.expire(101);
  assertEquals(ledger.pending, 1);
  ledger.arrived(1, 120, 64);
  ledger.arrived(2, 150, 64);
  const { counts, lost, rtt } = figuresOf(ledger);
  assertEquals([counts.received, counts.late, lost], [1, 1, 1]);
  assertEquals(rtt!.max, 100);
  assertEquals(told(), ["timeout 1", "reply 1", "reply 2"]);
  assertEquals(ledger.pending, 0);
});

Deno.test("what is late before anybody looked is late too", () => {
  const { ledger } = newLedger(100);
  ledger.sent(0);
  ledger.arrived(1, 101, 64);
  assertEquals(ledger.statistics.counts.late, 1);
  assertEquals(ledger.pending, 0);
});

Deno.test("what comes back damaged is lost, and its time does not count", () => {
  const { ledger, told } = newLedger();
  ledger.sent(0);
  ledger.arrived(1, 5, 64, DAMAGE);
  ledger.arrived(1, 6, 64);
  const { counts, lost, rtt } = figuresOf(ledger);
  assertEquals([counts.damaged, counts.received, lost], [1, 0, 1]);
  assertEquals(rtt, undefined);
  assertEquals(told(), ["damaged 1", "duplicate 1"]);
});

Deno.test("time is taken from when a message was due", () => {
  const { ledger } = newLedger();
  ledger.sent(15, 10);
  ledger.sent(20.5, 20);
  ledger.arrived(1, 18, 64);
  ledger.arrived(2, 21, 64);
  const { counts, rtt } = figuresOf(ledger);
  assertEquals([rtt!.min, rtt!.max], [1, 8]);
  assertEquals(counts.sentLate, 1);
  assertEquals(ledger.statistics.sentLateMaxMs, 5);
});

Deno.test("what could not be sent is lost, and said once", () => {
  const { ledger, told } = newLedger();
  ledger.sent(0);
  ledger.failed(1, "message too long");
  ledger.failed(1, "message too long");
  const { counts, lost } = figuresOf(ledger);
  assertEquals([counts.failed, lost, ledger.pending], [1, 1, 0]);
  assertEquals(told(), ["failed 1"]);
});

Deno.test("when a connection ends, nothing of it is pending", () => {
  const { ledger, told } = newLedger();
  for (let i = 0; i < 3; i++) ledger.sent(0);
  ledger.arrived(2, 1, 64);
  ledger.closed("connection reset");
  assertEquals(ledger.pending, 0);
  assertEquals(ledger.statistics.counts.closed, 1);
  assertEquals(told(), ["reply 2", "closed"]);
});

Deno.test("what is no message of ours is stray", () => {
  const { ledger } = newLedger();
  ledger.stray(20, "220 hello", "192.0.2.1:7");
  assertEquals(ledger.statistics.counts.stray, 1);
});

Deno.test("outstanding() has the overdue and the pending, not the answered", () => {
  const { ledger } = newLedger(100);
  for (let seq = 1; seq <= 5; seq++) ledger.sent(seq * 50);
  ledger.arrived(2, 101, 64);
  ledger.arrived(4, 201, 64);
  assertEquals([...ledger.outstanding()], [1, 3, 5]);
});

Deno.test("changed resolves with the next reply, and then waits for another", async () => {
  const { ledger } = newLedger();
  ledger.sent(0);
  const { changed } = ledger;
  ledger.arrived(1, 1, 64);
  await changed;
  const pending = {};
  assertEquals(
    await Promise.race([ledger.changed, Promise.resolve(pending)]),
    pending,
  );
});
