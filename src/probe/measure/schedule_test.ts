import { assert, assertEquals, assertGreater } from "@std/assert";
import { assertNear } from "../../../tests/support/assertions.ts";
import type { Flow } from "./flow.ts";
import { Ledger } from "./ledger.ts";
import { type Pace, sendAll } from "./schedule.ts";
import { Sender } from "./sender.ts";
import { atRate } from "./timetable.ts";

const never = new AbortController().signal;

/** A flow that remembers when it was to send, and answers as it is told. */
class FakeFlow implements Flow {
  readonly ledger = new Ledger({
    flow: 1,
    timeoutMs: 1e6,
    onEvent() {},
    capacity: 150,
  });
  readonly sentAt: number[] = [];
  readonly intendedAt: (number | undefined)[] = [];
  open = true;
  readonly #onSend: (flow: FakeFlow) => void;

  constructor(onSend: (flow: FakeFlow) => void = () => {}) {
    this.#onSend = onSend;
  }

  send(intendedAt?: number): void {
    const now = performance.now();
    this.sentAt.push(now);
    this.intendedAt.push(intendedAt);
    this.ledger.sent(now, intendedAt);
    this.#onSend(this);
  }

  readonly waiting = 0;

  expire(): void {}

  close(): void {}
}

function answerAtOnce({ ledger }: FakeFlow): void {
  const seq = ledger.next - 1;
  queueMicrotask(() => ledger.arrived(seq, performance.now(), 64));
}

/** Keeps this process from doing anything. */
function stall(ms: number): void {
  const over = performance.now() + ms;
  while (performance.now() < over);
}

const INTERVAL: Pace = { kind: "interval", intervalMs: 20 };
const FLOOD: Pace = { kind: "flood" };

Deno.test("at an interval, every flow sends its count, whatever comes back", async () => {
  const flows = [new FakeFlow(), new FakeFlow(), new FakeFlow()];
  const start = performance.now();
  await sendAll(flows, INTERVAL, { count: 4, signal: never });
  for (const { sentAt } of flows) {
    assertEquals(sentAt.length, 4);
    assertGreater(sentAt[3] - start, 3 * 20);
  }
});

Deno.test("at an interval, sending ends with the duration", async () => {
  const flow = new FakeFlow();
  await sendAll([flow], INTERVAL, { durationMs: 50, signal: never });
  // At 0, 20 and 40 ms; on a busy machine fewer.
  assert(flow.sentAt.length >= 1 && flow.sentAt.length <= 3);
});

Deno.test("at an interval, a signal ends sending in the middle of a wait", async () => {
  const stop = new AbortController();
  const flow = new FakeFlow(() => stop.abort());
  const pace: Pace = { kind: "interval", intervalMs: 1e6 };
  await sendAll([flow], pace, { signal: stop.signal });
  assertEquals(flow.sentAt.length, 1);
});

Deno.test("what was due while the machine slept is not made up for", async () => {
  const flow = new FakeFlow(({ sentAt }) => {
    if (sentAt.length === 1) stall(400);
  });
  await sendAll([flow], INTERVAL, { count: 4, signal: never });
  assertGreater(flow.sentAt[3] - flow.sentAt[1], 20);
});

for (const pace of [INTERVAL, FLOOD, { kind: "rate", rate: 1000 } as const]) {
  Deno.test(`${pace.kind}: a flow that has ended sends no more, and without any it is over`, async () => {
    const flows = [1, 2].map((last) =>
      new FakeFlow((flow) => {
        flow.open = flow.sentAt.length < last;
        if (pace.kind === "flood") answerAtOnce(flow);
      })
    );
    await sendAll(flows, pace, { signal: never });
    assertEquals(flows.map(({ sentAt }) => sentAt.length), [1, 2]);
  });

  Deno.test(`${pace.kind}: a signal that came before sends nothing`, async () => {
    const flow = new FakeFlow();
    await sendAll([flow], pace, { signal: AbortSignal.abort() });
    assertEquals(flow.sentAt.length, 0);
  });
}

Deno.test("with a duration, what a standstill leaves no time for is not measured", async () => {
  const flow = new FakeFlow(({ sentAt }) => {
    if (sentAt.length === 3) stall(700);
  });
  for (const pace of [INTERVAL, { kind: "rate", rate: 50 } as const]) {
    await sendAll([flow], pace, { durationMs: 1000, signal: never });
  }
  const { due, sent, notSent, notMeasured } = flow.ledger.statistics.counts;
  assertEquals([due, sent + notSent], [100, 100]);
  assertEquals(notMeasured, notSent);
  assertGreater(notSent, 20);
});

for (const pace of [INTERVAL, { kind: "rate", rate: 50 } as const]) {
  Deno.test(`${pace.kind}: what cannot leave in time is not sent, and sending ends on time`, async () => {
    // Each takes longer than the time until the next is due.
    const flow = new FakeFlow(() => stall(45));
    const start = performance.now();
    await sendAll([flow], pace, { durationMs: 1500, signal: never });
    const { due, sent, notSent, notMeasured } = flow.ledger.statistics.counts;
    assertEquals([due, sent + notSent], [75, 75]);
    assertEquals(notMeasured, notSent);
    assertGreater(notSent, 0);
    assert(performance.now() - start < 75 * 45, "it took as long as all of it");
  });
}

Deno.test("whoever catches up has no more under way than a receive buffer holds", () => {
  const flow = new FakeFlow();
  const { ledger } = flow;
  const sender = new Sender([flow], atRate(1, 5000, {}), {
    start: performance.now() - 100,
    end: Infinity,
    fromDue: true,
  });
  for (let turn = 0; turn < 5; turn++) sender.sendDue();
  assertEquals(ledger.inFlight, ledger.capacity);
  ledger.arrived(100, performance.now(), 64);
  sender.sendDue();
  assertEquals(ledger.inFlight, 50 + 64);
});

Deno.test("a flow that has ended loses what was due on it", async () => {
  const flows = [1, 100].map((last) =>
    new FakeFlow((flow) => {
      flow.open = flow.sentAt.length < last;
    })
  );
  await sendAll(flows, INTERVAL, { count: 4, signal: never });
  const [{ counts }] = flows.map(({ ledger }) => ledger.statistics);
  assertEquals([counts.due, counts.sent, counts.notSent], [4, 1, 3]);
  assertEquals(counts.notMeasured, 0);
});

Deno.test("a flood sends the next message when the last one is back", async () => {
  let most = 0;
  const flow = new FakeFlow((flow) => {
    most = Math.max(most, flow.ledger.pending);
    answerAtOnce(flow);
  });
  await sendAll([flow], FLOOD, { count: 500, signal: never });
  assertEquals(flow.sentAt.length, 500);
  assertEquals(most, 1);
});

Deno.test("a flood without replies is no more than a hundred messages a second", async () => {
  const flow = new FakeFlow();
  const start = performance.now();
  await sendAll([flow], FLOOD, { count: 5, signal: never });
  assertGreater(performance.now() - start, 5 * 10 - 5);
});

Deno.test("a flood ends with the duration", async () => {
  const flow = new FakeFlow(answerAtOnce);
  await sendAll([flow], FLOOD, { durationMs: 20, signal: never });
  assertGreater(flow.sentAt.length, 0);
});

Deno.test("at a rate, messages are due at even distances, on one flow after the other", async () => {
  const flows = [new FakeFlow(), new FakeFlow()];
  const pace: Pace = { kind: "rate", rate: 1000 };
  await sendAll(flows, pace, { durationMs: 100, signal: never });
  const due = flows[0].intendedAt.flatMap((
    at,
    i,
  ) => [at!, flows[1].intendedAt[i]!]);
  assertEquals(due.length, 100);
  for (const [i, at] of due.entries()) assertNear(at - due[0], i, 1e-6);
});

Deno.test("at a rate, none is sent before it is due, and those that are late are counted", async () => {
  const flow = new FakeFlow(({ sentAt }) => {
    if (sentAt.length === 10) stall(50);
  });
  const pace: Pace = { kind: "rate", rate: 1000 };
  await sendAll([flow], pace, { count: 80, signal: never });
  for (const [i, at] of flow.sentAt.entries()) {
    assert(at >= flow.intendedAt[i]!, `message ${i} was sent early`);
  }
  const { counts, sentLateMaxMs } = flow.ledger.statistics;
  assertGreater(counts.sentLate, 40);
  assertGreater(sentLateMaxMs, 45);
});

Deno.test("a rate depends on no clock that can be set", async () => {
  const { timeOrigin } = performance;
  // As when the clock is set back between the starts of two threads.
  Object.defineProperty(performance, "timeOrigin", {
    value: timeOrigin + 3_600_000,
    configurable: true,
  });
  try {
    const flow = new FakeFlow();
    await sendAll([flow], { kind: "rate", rate: 1000 }, {
      count: 20,
      signal: never,
    });
    assertEquals(flow.ledger.statistics.counts.due, 20);
  } finally {
    Object.defineProperty(performance, "timeOrigin", {
      value: timeOrigin,
      configurable: true,
    });
  }
});
