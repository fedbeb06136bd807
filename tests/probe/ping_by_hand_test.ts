import { assert, assertEquals } from "@std/assert";
import { assertNear } from "../support/assertions.ts";
import { ping } from "../support/cli.ts";
import { Relay } from "./relay.ts";
import { udpEcho } from "../support/servers.ts";

/** What is printed is rounded to a ten-thousandth of a millisecond. */
const ROUNDING = 0.0002;
/** The histogram keeps three digits. */
const DIGITS = 0.001;

/** A line of `--json` about a message. */
interface Told {
  readonly type: string;
  readonly flow: number;
  readonly time_ms: number;
  readonly late: boolean;
  readonly out_of_order: boolean;
}

/** The figures of a flow, or of all, as `--json` has them. */
interface Figures {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly loss_percent: number;
  readonly late: number;
  readonly damaged: number;
  readonly duplicated: number;
  readonly out_of_order: number;
  readonly rtt_ms: Readonly<Record<string, number>>;
  readonly jitter_ms: number;
}

function count(told: readonly Told[], is: (one: Told) => boolean): number {
  return told.filter(is).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** RFC 3550 §6.4.1: J += (|D| − J) / 16. */
function jitterOf(times: readonly number[]): number {
  let jitter = 0;
  for (let i = 1; i < times.length; i++) {
    jitter += (Math.abs(times[i] - times[i - 1]) - jitter) / 16;
  }
  return jitter;
}

/** Times of what came back unchanged and in time, in the order of arrival. */
function timesOf(told: readonly Told[]): number[] {
  return told.filter(({ type, late }) => type === "reply" && !late)
    .map(({ time_ms }) => time_ms);
}

/** Holds figures against what follows from the lines about each message. */
function assertByHand(figures: Figures, told: readonly Told[], sent: number) {
  const times = timesOf(told);
  const n = times.length;
  assertEquals(figures.sent, sent);
  assertEquals(figures.received, n);
  assertEquals(figures.lost, sent - n);
  assertNear(figures.loss_percent, 100 * (sent - n) / sent, ROUNDING);
  assertEquals(
    figures.late,
    count(told, ({ type, late }) => type === "reply" && late),
  );
  for (const type of ["damaged", "duplicate"] as const) {
    const name = type === "duplicate" ? "duplicated" : type;
    assertEquals(figures[name], count(told, (one) => one.type === type));
  }
  assertEquals(
    figures.out_of_order,
    count(told, ({ out_of_order }) => out_of_order),
  );
  const avg = sum(times) / n;
  // As in iputils' ping.c: the root of the mean of squares less the square of the mean.
  const mdev = Math.sqrt(sum(times.map((time) => time ** 2)) / n - avg ** 2);
  const expected = {
    min: Math.min(...times),
    avg,
    max: Math.max(...times),
    mdev,
  };
  for (const [name, value] of Object.entries(expected)) {
    assertNear(figures.rtt_ms[name], value, ROUNDING, name);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const percentiles = { p50: 50, p90: 90, p99: 99, p99_9: 99.9 };
  for (const [name, percent] of Object.entries(percentiles)) {
    const value = sorted[Math.ceil(percent / 100 * n - 1e-9) - 1];
    assertNear(figures.rtt_ms[name], value, DIGITS * value + ROUNDING, name);
  }
}

Deno.test("each figure of the summary is that computed by hand from the replies", async () => {
  const path = { loss: 0.05, duplicate: 0.05, reorder: 0.05, damage: 0.05 };
  using echo = udpEcho();
  using relay = new Relay(echo.address, {
    seed: 11,
    ...path,
    delayMs: (reply) => reply % 7,
  });
  const { stdout } = await ping(
    relay.address,
    ...["--json", "--source-ports=2", "-c200", "-i.005"],
  );
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const summary = lines.pop();
  const told: Told[] = lines.filter(({ type }) =>
    ["reply", "duplicate", "damaged"].includes(type)
  );
  assertByHand(summary, told, 400);
  const jitters: number[] = [];
  for (const figures of summary.flows) {
    const own = told.filter(({ flow }) => flow === figures.flow);
    assertByHand(figures, own, 200);
    const jitter = jitterOf(timesOf(own));
    assertNear(figures.jitter_ms, jitter, ROUNDING, "jitter");
    jitters.push(jitter * figures.received);
  }
  assertEquals(jitters.length, 2);
  const mean = sum(jitters) / summary.received;
  assertNear(summary.jitter_ms, mean, ROUNDING, "jitter of all");
  for (const name of ["lost", "duplicated", "out_of_order", "damaged"]) {
    assert(summary[name] > 0, name);
  }
});
