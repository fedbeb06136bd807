import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseAddress } from "../../base/address.ts";
import { Ledger } from "../measure/ledger.ts";
import { TextReport } from "./text.ts";
import { summarize } from "../figures/summary.ts";
import { judge } from "../figures/thresholds.ts";

/** What is printed of a ping over so many flows that goes as `play` has it, on clocks that start at 0. */
function report(
  play: (ledgers: readonly Ledger[], report: TextReport) => void,
  {
    flows = 1,
    connect = false,
    quiet = false,
    width = undefined as
      | number
      | undefined,
  } = {},
): string {
  let printed = "";
  const report = new TextReport({
    target: parseAddress("udp://example.org:7"),
    sizes: { min: 64, max: 64 },
    connect,
    quiet,
    histogramWidth: width,
    print: (text) => printed += text,
  });
  const ledgers = Array.from({ length: flows }, (_, i) =>
    new Ledger({
      flow: i + 1,
      timeoutMs: 3000,
      onEvent: (event) => report.event(event),
    }));
  report.start({ hostname: "2001:db8::7", flows, connectMs: [] });
  play(ledgers, report);
  const summary = summarize(
    ledgers.map((ledger) => ({ ledger })),
    4005.4,
  );
  report.end(summary, judge(summary.total, { maxLossPercent: 0 }));
  return printed;
}

Deno.test("a good ping looks as ping's own output", () => {
  const printed = report(([ledger]) => {
    ledger.sent(0);
    ledger.arrived(1, 0.1234, 64);
    ledger.sent(1000);
    ledger.arrived(2, 1012.34, 64);
  });
  assertEquals(
    printed,
    `PING udp://example.org:7 (2001:db8::7): 64 bytes of data
64 bytes from [2001:db8::7]:7: seq=1 time=0.123 ms
64 bytes from [2001:db8::7]:7: seq=2 time=12.3 ms

--- udp://example.org:7 ping statistics ---
2 sent, 2 received, 0% loss, time 4005 ms
rtt min/avg/max/mdev = 0.123/6.232/12.340/6.108 ms
rtt p50/p90/p99/p99.9 = 0.123/12.340/12.340/12.340 ms, jitter = 0.764 ms
`,
  );
});

Deno.test("each thing that goes wrong has its line, and its place in the summary", () => {
  const printed = report(([ledger]) => {
    for (let i = 0; i < 6; i++) ledger.sent(0);
    ledger.arrived(2, 1, 64);
    ledger.arrived(1, 2, 64);
    ledger.arrived(1, 3, 64);
    ledger.arrived(3, 4, 60, {
      damage: {
        sentBytes: 64,
        receivedBytes: 60,
        wrongBits: 2,
        firstWrongByte: 17,
      },
    });
    ledger.failed(4, "message too long");
    ledger.expire(3001);
    ledger.arrived(5, 3500, 64);
    ledger.stray(9, "220 hello", "192.0.2.9:7");
    ledger.closed("connection reset");
  });
  const [, ...lines] = printed.split("\n");
  assertEquals(lines, [
    "64 bytes from [2001:db8::7]:7: seq=2 time=1.00 ms",
    "64 bytes from [2001:db8::7]:7: seq=1 time=2.00 ms (out of order)",
    "64 bytes from [2001:db8::7]:7: seq=1 time=3.00 ms (DUP!)",
    "60 bytes from [2001:db8::7]:7: seq=3 time=4.00 ms (DAMAGED: 60 of 64 bytes came back, 2 bits are wrong, the first in byte 17)",
    "message too long: seq=4",
    "no answer within 3s: seq=5",
    "no answer within 3s: seq=6",
    "64 bytes from [2001:db8::7]:7: seq=5 time=3500 ms (late)",
    '9 bytes from 192.0.2.9:7: not ours: "220 hello"',
    "connection reset",
    "",
    "--- udp://example.org:7 ping statistics ---",
    "6 sent, 2 received, 66.6667% loss, time 4005 ms",
    "1 duplicated, 1 out of order, 1 damaged, 1 late, 1 not ours",
    "1 failed: message too long",
    "1 closed early: connection reset",
    "rtt min/avg/max/mdev = 1.000/1.500/2.000/0.500 ms",
    "rtt p50/p90/p99/p99.9 = 1.000/2.000/2.000/2.000 ms, jitter = 0.063 ms",
    "NOT OK: loss is 66.67%, more than 0%",
    "NOT OK: the number of closed connections is 1, more than 0",
    "",
  ]);
});

Deno.test("several flows are named, and have a table", () => {
  const printed = report((ledgers) => {
    for (const ledger of ledgers) {
      ledger.sent(0);
      ledger.arrived(1, 1, 64);
    }
  }, { flows: 2 });
  assertStringIncludes(printed, "64 bytes of data over 2 ports\n");
  assertStringIncludes(printed, ":7: flow=2 seq=1 time=1.00 ms\n");
  assertStringIncludes(printed, "\n   2     1         1    0%");
});

Deno.test("when nothing came back there are no times", () => {
  const printed = report(([ledger]) => ledger.sent(0), { width: 80 });
  assertEquals(printed.split("\n").slice(2), [
    "--- udp://example.org:7 ping statistics ---",
    "1 sent, 0 received, 100% loss, time 4005 ms",
    "NOT OK: loss is 100%, more than 0%",
    "",
  ]);
});

Deno.test("a quiet report has no line for each reply", () => {
  const printed = report(([ledger]) => {
    ledger.sent(0);
    ledger.arrived(1, 1, 64);
  }, { quiet: true });
  assertEquals(printed.split("\n").slice(0, 3), [
    "PING udp://example.org:7 (2001:db8::7): 64 bytes of data",
    "",
    "--- udp://example.org:7 ping statistics ---",
  ]);
});

Deno.test("a report for a terminal has a histogram, if there is more than a handful to draw", () => {
  for (const [replies, drawn] of [[19, false], [20, true]] as const) {
    const printed = report(([ledger]) => {
      for (let time = 1; time <= replies; time++) {
        ledger.sent(0);
        ledger.arrived(time, time, 64);
      }
    }, { width: 80 });
    assertEquals(printed.includes("█"), drawn);
  }
});

Deno.test("connections are reported as such", () => {
  const printed = report(([ledger]) => {
    ledger.sent(0);
    ledger.connected(1, 0.5);
  }, { connect: true });
  assertStringIncludes(printed, "(2001:db8::7): connecting\n");
  assertStringIncludes(
    printed,
    "connected to [2001:db8::7]:7: seq=1 time=0.500 ms",
  );
  assertStringIncludes(printed, "\nconnect min/avg/max/mdev = 0.500/");
});

Deno.test("messages that left late are counted", () => {
  const printed = report(([ledger]) => ledger.sent(5, 0));
  assertStringIncludes(
    printed,
    "1 left more than 1 ms late, by 5.00 ms at the most",
  );
});

Deno.test("what was due is told where not all of it was sent, and why", () => {
  const printed = report(([ledger]) => {
    ledger.sent(0);
    ledger.arrived(1, 1, 64);
    ledger.notSent("the connection took no more", 2);
    ledger.skipped("not sent, as this process was too slow", 7);
    ledger.skipped("not sent, as this process was too slow", 3);
  }, { quiet: true });
  assertEquals(printed.split("\n").slice(3, 6), [
    "13 due, 1 sent, 1 received, 66.6667% loss, time 4005 ms",
    "2 not sent: the connection took no more",
    "10 not measured: not sent, as this process was too slow",
  ]);
});

Deno.test("a message too short for its number has no seq and no time", () => {
  const printed = report(([ledger]) => {
    ledger.sent(0);
    ledger.arrived(1, 1, 0, { certain: false });
  });
  assertStringIncludes(
    printed,
    "\n0 bytes from [2001:db8::7]:7: seq and time unknown\n",
  );
  assertStringIncludes(printed, "1 sent, 1 received, 0% loss");
  assertEquals(printed.includes("rtt"), false);
});

Deno.test("where nothing was measured, the loss is unknown", () => {
  const printed = report(([ledger]) =>
    ledger.skipped("not sent, as this process stood still", 5)
  );
  assertStringIncludes(printed, "\n5 due, 0 sent, 0 received, loss unknown, ");
  assertStringIncludes(
    printed,
    "\nNOT OK: loss is unknown: nothing was measured\n",
  );
});
