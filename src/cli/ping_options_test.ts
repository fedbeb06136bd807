import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "./command.ts";
import { readPingOptions } from "./ping_options.ts";

const UDP = "udp://127.0.0.1:7";
const TCP = "tcp://127.0.0.1:7";

Deno.test("without options, ping is as ping: a message a second, until it is stopped", () => {
  assertEquals(readPingOptions([UDP]), {
    target: { transport: "udp", hostname: "127.0.0.1", port: 7 },
    ping: {
      family: "any",
      flows: 1,
      sizes: { min: 64, max: 64 },
      connect: false,
      proxyProtocol: undefined,
      timeoutMs: 3000,
      pace: { kind: "interval", intervalMs: 1000 },
      count: undefined,
      durationMs: undefined,
      deadlineMs: undefined,
    },
    thresholds: {
      maxLossPercent: 0,
      maxP99Ms: undefined,
      maxJitterMs: undefined,
    },
    mtu: false,
    overhead: false,
    quiet: false,
    timestamps: false,
    histogram: true,
    format: "text",
  });
});

Deno.test("ping's own options mean what they mean to ping", () => {
  const { ping, quiet } = readPingOptions(
    ["-4", "-q", "-c", "5", "-i", "0.2", "-s", "100", "-W.5", "-w", "10", TCP],
  );
  assertEquals(quiet, true);
  assertEquals(ping.family, 4);
  assertEquals(ping.count, 5);
  assertEquals(ping.pace, { kind: "interval", intervalMs: 200 });
  assertEquals(ping.sizes, { min: 100, max: 100 });
  assertEquals([ping.timeoutMs, ping.deadlineMs], [500, 10_000]);
});

Deno.test("the source address decides the family", () => {
  const source = (...args: string[]) => {
    const { ping } = readPingOptions([...args, "udp://localhost:7"]);
    return [ping.source, ping.family];
  };
  assertEquals(source("-I", "127.0.0.1"), ["127.0.0.1", 4]);
  assertEquals(source("--source=::1", "-6"), ["::1", 6]);
});

Deno.test("ping asks port 7 over TCP where the target does not say otherwise", () => {
  assertEquals(readPingOptions(["localhost"]).target, {
    transport: "tcp",
    hostname: "localhost",
    port: 7,
  });
  assertEquals(readPingOptions(["-u", "::1"]).target, {
    transport: "udp",
    hostname: "::1",
    port: 7,
  });
});

Deno.test("ping has options that ping has not", () => {
  const { ping, thresholds, format } = readPingOptions([
    "--source-ports=16",
    "--rate=2.5",
    "--duration=1m",
    "--size=0-65527",
    "--max-loss=1%",
    "--max-p99=20ms",
    "--max-jitter",
    "0.005",
    "--prometheus",
    UDP,
  ]);
  assertEquals([ping.flows, ping.durationMs], [16, 60_000]);
  assertEquals(ping.pace, { kind: "rate", rate: 2.5 });
  assertEquals(ping.sizes, { min: 0, max: 65_527 });
  assertEquals(thresholds, { maxLossPercent: 1, maxP99Ms: 20, maxJitterMs: 5 });
  assertEquals(format, "prometheus");
});

const REFUSED: readonly (readonly [string, string])[] = [
  ["", "A target is missing"],
  ["http://localhost", "expected HOST, HOST:PORT, tcp://HOST:PORT or"],
  ["udp://*:7", 'expected one host; for this machine, "udp://127.0.0.1:7"'],
  [`-46 ${UDP}`, 'Use either "-4" or "-6", not both'],
  [
    `-c 0 ${UDP}`,
    'Cannot use "0" for "--count": expected a whole number from 1 to 4294967295',
  ],
  [`-c 1.5 ${UDP}`, "expected a whole number"],
  [`-c 010 ${UDP}`, "from 1 to 4294967295, in decimal: 10 (8 if it was octal)"],
  [`-s 0x40-1400 ${UDP}`, "expected a whole number from 0 to 65527"],
  [`-s 0x40 ${UDP}`, "from 0 to 65527, in decimal: 64"],
  [`--rate 1e3 ${UDP}`, "in decimal: 1000"],
  [`--max-loss 01% ${UDP}`, "in decimal: 1"],
  [`-W 010ms ${UDP}`, "in decimal: 10ms"],
  ["udp://127.0.0.1:0x1f", "expected a port from 0 to 65535, in decimal: 31"],
  [`-i 0 ${UDP}`, "expected a duration"],
  [`-i 0.0001 ${UDP}`, "expected an interval of at least 1ms"],
  [
    `-W 1d ${UDP}`,
    'Cannot use "1d" for "--timeout": expected a duration',
  ],
  [`-s 65528 ${UDP}`, "expected a whole number from 0 to 65527"],
  [`-s 0 ${TCP}`, "expected a whole number from 1 to 1048576"],
  [`-s 9-3 ${UDP}`, "expected a whole number from 9 to 65527"],
  [`--rate 0 ${UDP}`, "expected a rate above 0"],
  [`--max-loss 101 ${UDP}`, "expected a number from 0 to 100"],
  [`--flood --rate 5 ${UDP}`, 'Use either "--flood" or "--rate", not both'],
  [`-f -i 1 ${UDP}`, 'Use either "--flood" or "--interval", not both'],
  [`--json --prometheus ${UDP}`, 'Use either "--json" or "--prometheus"'],
  [`--connect -s 5 ${TCP}`, 'Use either "--connect" or "--size", not both'],
  [
    `--connect --proxy-protocol v1 ${TCP}`,
    'Use either "--connect" or "--proxy-protocol", not both',
  ],
  [
    `--proxy-protocol v2 ${UDP}`,
    'Option "--proxy-protocol" is for TCP only',
  ],
  [
    `--proxy-protocol 3 ${TCP}`,
    'Cannot use "3" for "--proxy-protocol": expected v1 or v2',
  ],
  [`--connect ${UDP}`, 'Option "--connect" is for TCP only'],
  [`--connections 2 ${UDP}`, 'Option "--connections" is for TCP only'],
  [`--source-ports 2 ${TCP}`, 'Option "--source-ports" is for UDP only'],
  [`-I 127.0.0.1 ${TCP}`, 'Option "--source" is for UDP only; add "-u"'],
  [`-I lo ${UDP}`, 'Cannot use "lo" for "--source": expected an IP address'],
  [`-6 -I 127.0.0.1 ${UDP}`, "expected an IPv6 address"],
  [`--mtu ${TCP}`, 'Option "--mtu" is for UDP only; add "-u"'],
  [`--mtu -c 5 ${UDP}`, 'Option "--count" cannot be used with "--mtu"'],
  [`${UDP} ${UDP}`, "Unexpected argument"],
];

for (const [args, message] of REFUSED) {
  Deno.test(`ping refuses "${args}"`, () => {
    const words = args.split(" ").filter((word) => word !== "");
    assertThrows(() => readPingOptions(words), UsageError, message);
  });
}
