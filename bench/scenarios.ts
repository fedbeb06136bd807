/**
 * What is measured: one line a scenario.
 *
 * @module
 */

import type { Role } from "./peers.ts";

/** A figure that a scenario yields. */
export interface Metric {
  /** Its place in a sample. */
  readonly key: string;
  readonly unit: string;
  readonly better: "more" | "less";
  /** The heading of its bar chart; absent: only in the table. */
  readonly chart?: string;
}

/** One way to load a server, and what comes of it. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly role: Role;
  readonly how: "load" | "burst" | "idle" | "start";
  /** For the load generator, without host, port and times. */
  readonly load: readonly string[];
  readonly connections: number;
  /** The first one is what the table is about; ratios are of this. */
  readonly metrics: readonly Metric[];
  /** Multiplies the seconds of a run. */
  readonly longer?: number;
  /** Whether the short bench leaves it out. */
  readonly long?: boolean;
}

const RATE: Metric = { key: "rate", unit: "messages/s", better: "more" };
const LATENCY: Metric[] = [
  { key: "p50", unit: "p50 µs", better: "less" },
  { key: "p99", unit: "p99 µs", better: "less" },
];
const CPU: Metric = { key: "cpu", unit: "CPU µs each", better: "less" };
const LOST: Metric = { key: "lost", unit: "lost", better: "less" };

function tcp(connections: number, size: number, chart?: string): Scenario {
  return {
    id: `tcp-${connections}-${size}`,
    title: `TCP echo, ${size} bytes, ${plural(connections, "connection")}`,
    role: "tcp",
    how: "load",
    load: ["tcp", "-c", `${connections}`, "-s", `${size}`],
    connections,
    metrics: [{ ...RATE, chart }, ...LATENCY, CPU],
    long: size > 64,
  };
}

function udp(connections: number, size: number, chart?: string): Scenario {
  return {
    id: `udp-${connections}-${size}`,
    title: `UDP echo, ${size} bytes, ${plural(connections, "client")}`,
    role: "udp",
    how: "load",
    load: ["udp", "-c", `${connections}`, "-s", `${size}`],
    connections,
    metrics: [{ ...RATE, chart }, ...LATENCY, CPU, LOST],
    long: size > 64,
  };
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Every scenario, in the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  tcp(1, 64),
  tcp(50, 64, "TCP echo, 50 connections, 64 bytes"),
  tcp(1000, 64, "TCP echo, 1,000 connections, 64 bytes"),
  tcp(1, 512),
  tcp(50, 512),
  tcp(1000, 512),
  {
    id: "fair",
    title: "Fairness: TCP echo, 64 bytes, 1,000 connections",
    role: "tcp",
    how: "load",
    load: ["tcp", "-c", "1000", "-s", "64"],
    connections: 1000,
    longer: 3,
    metrics: [
      {
        key: "fairness",
        unit: "least ÷ median served",
        better: "more",
        chart: "Fairness at 1,000 connections: least ÷ median served",
      },
      { key: "unfairness", unit: "most ÷ median", better: "less" },
      { key: "p99_shares", unit: "p99 ÷ fair share", better: "less" },
      { key: "p999_shares", unit: "p99.9 ÷ fair share", better: "less" },
      { key: "slowest_shares", unit: "slowest ÷ fair share", better: "less" },
      RATE,
    ],
  },
  {
    id: "pipelined",
    title: "TCP echo, pipelined: 16 × 64 bytes on the way, 50 connections",
    role: "tcp",
    how: "load",
    load: ["tcp", "-c", "50", "-s", "64", "-p", "16"],
    connections: 50,
    metrics: [RATE, ...LATENCY, CPU],
  },
  {
    id: "bulk",
    title: "TCP echo, bulk: 64 KiB, 10 connections",
    role: "tcp",
    how: "load",
    load: ["tcp", "-c", "10", "-s", "65536"],
    connections: 10,
    metrics: [
      {
        key: "mib",
        unit: "MiB/s",
        better: "more",
        chart: "TCP echo, bulk: 64 KiB messages",
      },
      ...LATENCY,
      CPU,
    ],
  },
  udp(1, 64),
  udp(20, 64, "UDP echo, 20 clients, 64 bytes"),
  udp(1, 1400),
  udp(20, 1400),
  {
    id: "quotes",
    title: "Quotes over TCP: connect, read to the end, 20 at once",
    role: "quote",
    how: "load",
    load: ["once", "-c", "20"],
    connections: 20,
    metrics: [
      {
        key: "rate",
        unit: "quotes/s",
        better: "more",
        chart: "Quotes over TCP, a connection each",
      },
      ...LATENCY,
      CPU,
    ],
  },
  {
    id: "burst",
    title: "2,000 connects at once, while 500 connections are busy",
    role: "tcp",
    how: "burst",
    load: ["burst", "-c", "2000"],
    connections: 2500,
    metrics: [
      { key: "echoed", unit: "ms to the last echo", better: "less" },
      { key: "p50", unit: "p50 ms", better: "less" },
      { key: "unanswered", unit: "unanswered", better: "less" },
      { key: "rate", unit: "messages/s meanwhile", better: "more" },
    ],
  },
  {
    id: "idle",
    title: "10,000 idle connections",
    role: "idle",
    how: "idle",
    load: ["idle", "-c", "10000"],
    connections: 10_000,
    metrics: [
      {
        key: "each",
        unit: "KiB a connection",
        better: "less",
        chart: "Memory for an idle connection, KiB",
      },
      { key: "rest", unit: "MiB before", better: "less" },
      { key: "connect", unit: "ms to connect all", better: "less" },
    ],
  },
  {
    id: "start",
    title: "From start to the first answer, and memory at rest",
    role: "start",
    how: "start",
    load: [],
    connections: 1,
    metrics: [
      {
        key: "start",
        unit: "ms",
        better: "less",
        chart: "From start to the first answer, ms",
      },
      { key: "rest", unit: "MiB at rest", better: "less" },
    ],
  },
];
