/**
 * The options of `mynah ping`: read, and checked against each other.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { type Address, familyOf } from "../base/address.ts";
import type { Sizes } from "../probe/measure/message.ts";
import type { PingOptions } from "../probe/measure/ping.ts";
import { type Family } from "../probe/reach/resolve.ts";
import type { Pace } from "../probe/measure/schedule.ts";
import type { Thresholds } from "../probe/figures/thresholds.ts";
import { type Options, readOptions } from "./args.ts";
import { UsageError } from "./command.ts";
import {
  readDuration,
  readFamily,
  readNumber,
  readWhole,
  unusable,
} from "./probe_options.ts";
import { readTarget } from "./target.ts";

const NAMES = {
  string: [
    "count",
    "interval",
    "size",
    "timeout",
    "deadline",
    "duration",
    "rate",
    "connections",
    "source-ports",
    "source",
    "proxy-protocol",
    "max-loss",
    "max-p99",
    "max-jitter",
  ],
  boolean: [
    "udp",
    "ipv4",
    "ipv6",
    "quiet",
    "flood",
    "connect",
    "mtu",
    "json",
    "prometheus",
    "overhead",
    "timestamps",
    "no-histogram",
  ],
  short: {
    D: "timestamps",
    I: "source",
    c: "count",
    f: "flood",
    i: "interval",
    q: "quiet",
    s: "size",
    u: "udp",
    W: "timeout",
    w: "deadline",
    "4": "ipv4",
    "6": "ipv6",
  },
  positional: 1,
};

/** Pairs that contradict each other. */
const EITHER_OR: readonly (readonly [string, string])[] = [
  ["flood", "interval"],
  ["flood", "rate"],
  ["interval", "rate"],
  ["json", "prometheus"],
  ["connect", "size"],
  ["connect", "mtu"],
  ["connect", "proxy-protocol"],
];

/** Options that have no meaning over the other transport. */
const ONLY_FOR: Readonly<Record<string, Address["transport"]>> = {
  connect: "tcp",
  connections: "tcp",
  "proxy-protocol": "tcp",
  mtu: "udp",
  "source-ports": "udp",
  // Deno's connect() takes no address of ours.
  source: "udp",
};

/** All that may be given together with `--mtu`. */
const FOR_MTU = ["mtu", "udp", "ipv4", "ipv6", "timeout", "json", "quiet"];

/** RFC 862. */
const ECHO_PORT = 7;
const DEFAULT_SIZE = "64";
const DEFAULT_TIMEOUT = "3s";
const DEFAULT_INTERVAL = "1s";
const MIN_INTERVAL_MS = 1;
/** Sequence numbers have 32 bits. */
const MAX_COUNT = 2 ** 32 - 1;
const MAX_RATE = 1_000_000;
const MAX_FLOWS = 10_000;
const MAX_TCP_BYTES = 1024 * 1024;
/** Over IPv6; over IPv4 it is 20 less, as whoever tries is told. */
const MAX_UDP_BYTES = 65_527;

/** What a command line asks for. */
export interface PingCommand {
  readonly target: Address;
  readonly ping: Omit<PingOptions, "stop" | "force">;
  readonly thresholds: Thresholds;
  readonly mtu: boolean;
  readonly overhead: boolean;
  readonly quiet: boolean;
  readonly timestamps: boolean;
  readonly histogram: boolean;
  readonly format: "text" | "json" | "prometheus";
}

/**
 * Reads the arguments.
 *
 * @throws {UsageError} When they are wrong, or contradict each other.
 */
export function readPingOptions(args: readonly string[]): PingCommand {
  const options = readOptions(args, NAMES);
  const { string, boolean } = options;
  const target = readTarget(options.positional.at(0), {
    udp: boolean.udp,
    port: ECHO_PORT,
  });
  checkTogether(options, target);
  const duration = (name: string) =>
    string[name] === undefined ? undefined : readDuration(string[name], name);
  const flows = ["connections", "source-ports"].find((name) =>
    string[name] !== undefined
  );
  return {
    target,
    ping: {
      ...readSource(string.source, readFamily(boolean)),
      flows: flows === undefined
        ? 1
        : readWhole(string[flows]!, flows, [1, MAX_FLOWS]),
      sizes: readSizes(string.size ?? DEFAULT_SIZE, target),
      connect: boolean.connect,
      proxyProtocol: readProxyProtocol(string["proxy-protocol"]),
      timeoutMs: readDuration(string.timeout ?? DEFAULT_TIMEOUT, "timeout"),
      pace: readPace(options),
      count: string.count === undefined
        ? undefined
        : readWhole(string.count, "count", [1, MAX_COUNT]),
      durationMs: duration("duration"),
      deadlineMs: duration("deadline"),
    },
    thresholds: {
      maxLossPercent: readPercent(string["max-loss"] ?? "0"),
      maxP99Ms: duration("max-p99"),
      maxJitterMs: duration("max-jitter"),
    },
    mtu: boolean.mtu,
    overhead: boolean.overhead,
    quiet: boolean.quiet,
    timestamps: boolean.timestamps,
    histogram: !boolean["no-histogram"],
    format: boolean.json ? "json" : boolean.prometheus ? "prometheus" : "text",
  };
}

function checkTogether(options: Options, { transport }: Address): void {
  const given = [...NAMES.string, ...NAMES.boolean].filter((name) =>
    options.string[name] !== undefined || options.boolean[name]
  );
  for (const [one, other] of EITHER_OR) {
    if (given.includes(one) && given.includes(other)) {
      throw new UsageError(`Use either "--${one}" or "--${other}", not both`);
    }
  }
  for (const name of given) {
    if (Object.hasOwn(ONLY_FOR, name) && ONLY_FOR[name] !== transport) {
      throw new UsageError(
        `Option "--${name}" is for ${ONLY_FOR[name].toUpperCase()} only` +
          (transport === "tcp" ? '; add "-u"' : ""),
      );
    }
    if (options.boolean.mtu && !FOR_MTU.includes(name)) {
      throw new UsageError(`Option "--${name}" cannot be used with "--mtu"`);
    }
  }
}

function readPace({ string, boolean }: Options): Pace {
  if (boolean.flood) return { kind: "flood" };
  if (string.rate !== undefined) {
    return { kind: "rate", rate: readRate(string.rate) };
  }
  const intervalMs = readDuration(
    string.interval ?? DEFAULT_INTERVAL,
    "interval",
  );
  if (intervalMs < MIN_INTERVAL_MS) {
    throw unusable(
      string.interval!,
      "interval",
      `an interval of at least ${MIN_INTERVAL_MS}ms; "--rate" goes beyond`,
    );
  }
  return { kind: "interval", intervalMs };
}

function readRate(text: string): number {
  const rate = readNumber(text, "rate", MAX_RATE);
  if (rate > 0) return rate;
  throw unusable(text, "rate", "a rate above 0");
}

/** Reads `64`, or `64-1400` for sizes chosen from a range. */
function readSizes(text: string, { transport }: Address): Sizes {
  const [least, most] = transport === "tcp"
    ? [1, MAX_TCP_BYTES]
    : [0, MAX_UDP_BYTES];
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text) ?? [text, text, text];
  const min = readWhole(from, "size", [least, most]);
  return { min, max: readWhole(to, "size", [min, most]) };
}

function readProxyProtocol(text: string | undefined): 1 | 2 | undefined {
  if (text === undefined) return undefined;
  if (text === "v1") return 1;
  if (text === "v2") return 2;
  throw unusable(text, "proxy-protocol", "v1 or v2");
}

/** Reads the address to send from, which decides the family. */
function readSource(
  source: string | undefined,
  family: Family,
): Pick<PingOptions, "source" | "family"> {
  if (source === undefined) return { family };
  if (!ipaddr.isValid(source)) {
    throw unusable(source, "source", "an IP address of this machine");
  }
  const own = familyOf(source);
  if (family !== "any" && family !== own) {
    throw unusable(source, "source", `an IPv${family} address`);
  }
  return { source, family: own };
}

function readPercent(text: string): number {
  return readNumber(text.replace(/%$/, ""), "max-loss", 100);
}
