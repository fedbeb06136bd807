import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../../../tests/support/assertions.ts";
import { Random } from "../../../tests/support/random.ts";
import type { Damage } from "./damage.ts";
import type { ProbeEvent } from "./events.ts";
import { Ledger } from "./ledger.ts";
import { Standstill } from "./standstill.ts";
import { lost as lostOf } from "../figures/statistics.ts";
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
  return summarize([{ ledger }], 0).total;
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

Deno.test("what only comes back damaged is lost, and its time does not count", () => {
  const { ledger, told } = newLedger(100);
  ledger.sent(0);
  ledger.arrived(1, 5, 64, { damage: DAMAGE });
  assertEquals(ledger.pending, 1);
  ledger.expire(101);
  const { counts, lost, rtt } = figuresOf(ledger);
  assertEquals([counts.damaged, counts.received, lost], [1, 0, 1]);
  assertEquals([rtt, ledger.pending], [undefined, 0]);
  assertEquals(told(), ["damaged 1"]);
});

Deno.test("what comes back damaged, and then intact, is received", () => {
  const { ledger, told } = newLedger();
  ledger.sent(0);
  ledger.arrived(1, 5, 64, { damage: DAMAGE });
  ledger.arrived(1, 6, 64);
  ledger.arrived(1, 7, 64);
  const { counts, lost, rtt } = figuresOf(ledger);
  assertEquals([counts.damaged, counts.received, lost], [1, 1, 0]);
  assertEquals([counts.duplicated, rtt!.max], [1, 6]);
  assertEquals(told(), ["damaged 1", "reply 1", "duplicate 1"]);
});

Deno.test("what is known to come back no more is not waited for", () => {
  const { ledger } = newLedger();
  ledger.sent(0);
  ledger.arrived(1, 5, 64, { damage: DAMAGE });
  ledger.givenUp(1);
  assertEquals([ledger.pending, figuresOf(ledger).lost], [0, 1]);
});

Deno.test("what was due and not sent is lost, or not measured where that is our own fault", () => {
  const { ledger } = newLedger();
  ledger.sent(0);
  ledger.arrived(1, 1, 64);
  ledger.notSent("the connection was down");
  ledger.skipped("not sent, as this process was too slow", 7);
  const { counts, lost, lossPercent } = figuresOf(ledger);
  assertEquals([counts.due, counts.sent, counts.notSent], [9, 1, 8]);
  assertEquals([counts.received, lost, counts.notMeasured], [1, 1, 7]);
  assertEquals(lossPercent, 50);
});

/** A ledger, and a clock that a test can stop. */
function newStoppable(timeoutMs: number) {
  const standstill = new Standstill();
  standstill.look(0);
  const ledger = new Ledger({ flow: 1, timeoutMs, onEvent() {}, standstill });
  return { standstill, ledger };
}

Deno.test("what came in while this process stood still is not measured", () => {
  const { standstill, ledger } = newStoppable(100);
  ledger.sent(0);
  ledger.sent(59.5);
  standstill.look(60);
  standstill.look(1060);
  // The timer that looks for overdue messages comes first.
  ledger.expire(1060);
  ledger.arrived(1, 1061, 64);
  ledger.expire(1062);
  assertEquals(ledger.pending, 1);
  ledger.sent(1063);
  ledger.arrived(3, 1064, 64);
  standstill.look(1200);
  ledger.expire(1200);
  const { counts, lost, rtt } = figuresOf(ledger);
  assertEquals([counts.notMeasured, counts.received, lost], [2, 1, 0]);
  assertEquals(rtt!.max, 1);
});

/** Sends 1000 messages in 100 ms, of which the last are still under way, and then reads nothing for a while. */
function pauseWith(underWay: number, pauseMs: number) {
  const standstill = new Standstill();
  const ledger = new Ledger({
    flow: 1,
    timeoutMs: 1000,
    onEvent() {},
    standstill,
    capacity: 150,
  });
  for (let seq = 1; seq <= 1000; seq++) {
    const now = seq / 10;
    standstill.look(now);
    ledger.sent(now);
    if (seq > underWay) ledger.arrived(seq - underWay, now, 64);
  }
  for (let now = 100 + pauseMs; now <= 1500; now += 100) standstill.look(now);
  ledger.expire(1500);
  return figuresOf(ledger);
}

Deno.test("while this process does not read, more may come in than a socket holds", () => {
  const { counts, lost } = pauseWith(500, 300);
  assertEquals([counts.notMeasured, lost], [500, 0]);
});

Deno.test("a pause costs nothing where a socket holds all that is under way", () => {
  const { counts, lost } = pauseWith(100, 300);
  assertEquals([counts.notMeasured, lost], [0, 100]);
});

Deno.test("what was lost before this process stood still is lost", () => {
  const { standstill, ledger } = newStoppable(100);
  ledger.sent(0);
  ledger.sent(1);
  ledger.arrived(2, 3, 64);
  standstill.look(90);
  standstill.look(1000);
  standstill.look(1100);
  ledger.expire(1100);
  const { counts, lost } = figuresOf(ledger);
  assertEquals([counts.notMeasured, counts.received, lost], [0, 1, 1]);
});

Deno.test("a connection is made in time, too late, or not at all, and never two of them", () => {
  const { ledger, told } = newLedger(100);
  for (let i = 0; i < 4; i++) ledger.sent(0);
  ledger.connected(1, 100);
  ledger.connected(2, 101);
  ledger.timedOut(3, 101);
  ledger.failed(3, "no answer within 100ms");
  ledger.expire(101);
  ledger.timedOut(4, 101);
  const { counts, lost } = figuresOf(ledger);
  assertEquals([counts.received, counts.late, counts.failed], [1, 1, 0]);
  assertEquals([lost, ledger.pending], [3, 0]);
  assertEquals(told(), [
    "connected 1",
    "connected 2",
    "timeout 3",
    "timeout 4",
  ]);
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

/** Plays events in any order, and keeps by itself what became of each message. */
function play(random: Random): void {
  const timeoutMs = 100;
  const outcomes = new Map<number, string>();
  let unsent = 0;
  let skipped = 0;
  const standstill = new Standstill();
  const ledger = new Ledger({
    flow: 1,
    timeoutMs,
    standstill,
    onEvent(event) {
      if (!("seq" in event)) return;
      const { seq, type } = event;
      if (type === "duplicate" || type === "damaged") return;
      const late = "late" in event && event.late;
      const before = outcomes.get(seq);
      // A message ends once; only one that was given up may still be seen to be late.
      if (late) assert(before === undefined || before === "timeout", before);
      else assertEquals(before, undefined, `${before}, then ${type}`);
      outcomes.set(seq, late ? "late" : type);
    },
  });
  const count = (type: string) =>
    [...outcomes.values()].filter((one) => one === type).length;
  let now = 0;
  const steps: readonly (() => void)[] = [
    () => ledger.sent(now),
    () => ledger.sent(now, now - random.int(20)),
    () => ledger.notSent("the connection was down", ++unsent && 1),
    () => ledger.skipped("too slow", (skipped += 2) && 2),
    () => anyMessage((seq) => ledger.arrived(seq, now, 64)),
    () => anyMessage((seq) => ledger.arrived(seq, now, 64)),
    () => anyMessage((seq) => ledger.arrived(seq, now, 64, { damage: DAMAGE })),
    () => anyMessage((seq) => ledger.arrived(seq, now, 0, { certain: false })),
    () => anyMessage((seq) => ledger.failed(seq, "message too long")),
    () => anyMessage((seq) => ledger.timedOut(seq, now)),
    () => random.int(10) === 0 && ledger.closed("connection reset"),
    () => random.int(5) === 0 && standstill.look(now += 300 + random.int(300)),
    () => ledger.expire(now),
    () => ledger.stray(5, "junk"),
  ];
  function anyMessage(act: (seq: number) => void): void {
    if (ledger.next > 1) act(1 + random.int(ledger.next - 1));
  }
  for (let step = 0; step < 400; step++) {
    standstill.look(now += random.int(10));
    random.pick(steps)();
    const { counts } = ledger.statistics;
    const lost = lostOf(counts);
    const { due, sent, notSent, received, notMeasured } = counts;
    const where = `step ${step}, seed ${random.seed}`;
    assertEquals(due, sent + notSent, where);
    assertEquals(due, received + lost + notMeasured, where);
    assertEquals(notSent, unsent + skipped, where);
    assertEquals(received, count("reply"), where);
    assertEquals(notMeasured, skipped + count("not_measured"), where);
    const lostMessages = sent - received - count("not_measured");
    assertEquals(lost, unsent + lostMessages, where);
    assert(count("late") === counts.late, where);
    assert(count("failed") === counts.failed, where);
    assert(lostMessages >= counts.late + counts.failed, where);
    const { pending } = ledger;
    assert(pending >= 0 && pending <= lostMessages, where);
  }
}

Deno.test("in any order of events, what was due is received, lost or not measured, and each message once", () => {
  const { seed } = new Random();
  for (let i = 0; i < 100; i++) play(new Random(seed + i));
});
