/**
 * `mynah ping`.
 *
 * @module
 */

import type { Flow } from "../probe/measure/flow.ts";
import type { Overhead } from "../probe/measure/overhead.ts";
import type { Command, Signals, World } from "./command.ts";
import { type PingCommand, readPingOptions } from "./ping_options.ts";
import {
  createProgress,
  createReport,
  type PingReport,
} from "./ping_report.ts";
import { TIME_FORMS } from "./probe_options.ts";

/** The exit codes that ping has, too. */
const PingExit = {
  /** Within the thresholds. */
  OK: 0,
  /** Replies are missing, or a threshold is passed. */
  MISSING: 1,
  /** It could not run. */
  FAILED: 2,
} as const;

const OVERHEAD_MESSAGES = 2000;
const WARM_UP_MESSAGES = 50;

async function run(args: readonly string[], world: World): Promise<number> {
  const command = readPingOptions(args);
  const { signals, print } = whileRead(world);
  // Loaded here, not above: `serve` starts faster without it.
  const { ReachError } = await import("../probe/reach/reach_error.ts");
  const report = await createReport(command, print);
  try {
    return command.mtu
      ? await runMtu(command, signals, print)
      : await runPing(command, signals, report, world.complain);
  } catch (error) {
    const { stop } = signals;
    if (stop.aborted && error === stop.reason) return PingExit.FAILED;
    if (!(error instanceof ReachError)) throw error;
    report.fail?.(error.message);
    world.complain(`mynah: ${error.message}\n`);
    return PingExit.FAILED;
  }
}

/** The signals, and the output: when nobody reads it any more, that ends a ping as Ctrl-C does. */
function whileRead(
  world: World,
): {
  signals: Omit<Signals, "onReload">;
  print: (text: string) => void;
} {
  const { stop, force, onQuit } = world.signals();
  const unread = new AbortController();
  return {
    signals: {
      stop: AbortSignal.any([stop, unread.signal]),
      force: AbortSignal.any([force, unread.signal]),
      onQuit,
    },
    print: (text) => world.print(text) || unread.abort(),
  };
}

async function runPing(
  command: PingCommand,
  { stop, force, onQuit }: Omit<Signals, "onReload">,
  report: PingReport,
  complain: World["complain"],
): Promise<number> {
  const { ping } = await import("../probe/measure/ping.ts");
  const { judge } = await import("../probe/figures/thresholds.ts");
  const overhead = await overheadOf(command, complain);
  const progress = await createProgress(command, complain);
  const { describeSoFar } = await import("../probe/report/progress.ts");
  const { target } = command;
  let flowsSoFar: readonly Flow[] = [];
  onQuit(() => complain(`${describeSoFar(flowsSoFar)}\n`));
  const summary = await ping(target, {
    ...command.ping,
    stop,
    force,
    onTick(flows, ms) {
      flowsSoFar = flows;
      progress?.tick(flows, ms);
    },
  }, report);
  progress?.end();
  const verdicts = judge(summary.total, command.thresholds);
  report.end(summary, verdicts, command.overhead ? overhead : undefined);
  const { sent, failed } = summary.total.counts;
  if (target.transport === "udp" && sent === failed) return PingExit.FAILED;
  return verdicts.every(({ ok }) => ok) ? PingExit.OK : PingExit.MISSING;
}

/** Measures the overhead; thoroughly when it is asked for, else to be warm: the first messages of a cold program take milliseconds. */
async function overheadOf(
  { overhead, target, ping }: PingCommand,
  complain: World["complain"],
): Promise<Overhead | undefined> {
  const { measureOverhead } = await import("../probe/measure/overhead.ts");
  const { socketReason } = await import("../probe/reach/reach_error.ts");
  const count = overhead ? OVERHEAD_MESSAGES : WARM_UP_MESSAGES;
  try {
    return await measureOverhead(target.transport, ping.sizes, count);
  } catch (error) {
    // Without a loopback address, messages to elsewhere can still be measured.
    if (overhead) {
      complain(`mynah: Cannot measure the overhead: ${socketReason(error)}\n`);
    }
    return undefined;
  }
}

async function runMtu(
  { target, ping: { family, timeoutMs }, format, quiet }: PingCommand,
  { stop }: Pick<Signals, "stop">,
  print: (text: string) => void,
): Promise<number> {
  const { findMtu } = await import("../probe/measure/mtu.ts");
  const { MtuReport } = await import("../probe/report/mtu.ts");
  const report = new MtuReport({
    target,
    json: format === "json",
    quiet,
    print,
  });
  const options = { family, timeoutMs, signal: stop };
  const bytes = await findMtu(target, options, report);
  report.end(bytes);
  return bytes === undefined ? PingExit.MISSING : PingExit.OK;
}

/** Measures the way to an echo server and back. */
export const ping: Command = {
  name: "ping",
  summary: "Measure the round trip to an echo server",
  help: `Usage: mynah ping [OPTIONS] TARGET

Sends messages to any echo server (RFC 862), compares each byte that comes back
with what was sent, and prints a line for each reply and a summary, as ping
does. Ctrl-C stops it and prints the summary; Ctrl-\\ (SIGQUIT) prints the
figures so far.

TARGET is HOST, HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT. The default port
is 7.

Path:
  -u, --udp             ask over UDP when TARGET does not say
  -4, --ipv4            use IPv4 only
  -6, --ipv6            use IPv6 only
  --connections N       TCP: use N connections at once (1)
  --source-ports N      UDP: send from N ports, to reach each path of an ECMP
                        network (1)
  -I, --source ADDRESS  UDP: send from this address of this machine
  --proxy-protocol v1|v2
                        TCP: begin each connection with a PROXY header, as a
                        load balancer does; it names the connection's own
                        addresses
  --connect             TCP: only measure how long connecting takes
  --mtu                 UDP: find the largest datagram that comes back unchanged

Messages:
  -c, --count N         stop after N messages, on each connection or port
  -i, --interval TIME   send a message every TIME (1s)
  -f, --flood           send the next message when the last one is back, or
                        after 10ms
  --rate N              send N messages a second in total, whatever comes
                        back; a time starts when its message was due
  --duration TIME       send for TIME
  -s, --size N          bytes of a message (64), or a range such as 64-1400
  -W, --timeout TIME    how long to wait for a reply (3s)
  -w, --deadline TIME   stop after TIME, even if replies are missing

Output:
  -q, --quiet           print only the summary
  -D, --timestamps      start each line with the seconds since 1970 (UTC)
  --no-histogram        print no histogram on a terminal
  --overhead            also print how much of each time is mynah's own
  --json                print JSON, one object on each line
  --prometheus          print the summary as metrics for Prometheus
  -h, --help            show this help

Thresholds:
  --max-loss PERCENT    fail if more of the measured messages are lost, late or
                        damaged (0%)
  --max-p99 TIME        fail if the 99th percentile is above TIME
  --max-jitter TIME     fail if the jitter (RFC 3550) is above TIME

${TIME_FORMS}

Exit codes: 0 within the thresholds, 1 replies missing or a threshold exceeded,
2 could not run, 64 wrong usage.
`,
  run,
};
