/**
 * `mynah talk`.
 *
 * @module
 */

import { readOptions } from "./args.ts";
import { type Command, UsageError, type World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { readDuration, readFamily, TIME_FORMS } from "./probe_options.ts";
import { readTarget } from "./target.ts";

/** RFC 862. */
const ECHO_PORT = 7;

async function run(args: readonly string[], world: World): Promise<number> {
  const { string, boolean, positional } = readOptions(args, {
    string: ["timeout"],
    boolean: ["udp", "half-close", "ipv4", "ipv6"],
    short: {
      u: "udp",
      N: "half-close",
      W: "timeout",
      "4": "ipv4",
      "6": "ipv6",
    },
    positional: 1,
  });
  const target = readTarget(positional.at(0), {
    udp: boolean.udp,
    port: ECHO_PORT,
  });
  if (boolean["half-close"] && target.transport === "udp") {
    throw new UsageError('Option "--half-close" is for TCP only');
  }
  const options = {
    family: readFamily(boolean),
    timeoutMs: readDuration(string.timeout ?? "3s", "timeout"),
    halfClose: boolean["half-close"],
  };
  const room = {
    input: Deno.stdin.readable,
    interactive: Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
    print: world.print,
    complain: world.complain,
  };
  // Loaded here, not above: `serve` starts faster without it.
  const { talk } = await import("../probe/talk.ts");
  const { ReachError } = await import("../probe/reach/reach_error.ts");
  try {
    const problem = await talk(target, room, options);
    if (problem === undefined) return ExitCode.OK;
    world.complain(`mynah: ${problem}\n`);
  } catch (error) {
    if (!(error instanceof ReachError)) throw error;
    world.complain(`mynah: ${error.message}\n`);
  }
  return ExitCode.UNAVAILABLE;
}

/** Sends lines to a server and prints what comes back. */
export const talk: Command = {
  name: "talk",
  summary: "Send lines to a server and print what comes back",
  help: `Usage: mynah talk [-u] [-N] [-4 | -6] [-W TIME] TARGET

Sends each line that you type and prints what comes back, with control
characters as escapes. Over UDP each line is a datagram. In a pipe it ends when
as much has come back as was sent, when the other side closes, or after a
silence. Over TCP with nothing to send, it prints what the server sends unasked.

TARGET is HOST, HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT. The default port
is 7.

Options:
  -u, --udp            send datagrams when TARGET does not say
  -N, --half-close     over TCP, close for writing at the end of the input, and
                       read until the other side closes too
  -4, --ipv4           use IPv4 only
  -6, --ipv6           use IPv6 only
  -W, --timeout TIME   how long to wait in silence (3s)
  -h, --help           show this help

${TIME_FORMS}

Exit codes: 0 done, 64 wrong usage, 69 server not reached, or no answer.
`,
  run,
};
