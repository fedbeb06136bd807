/**
 * `mynah quote`.
 *
 * @module
 */

import { readOptions } from "./args.ts";
import type { Command, World } from "./command.ts";
import { ExitCode } from "./exit_code.ts";
import { readDuration, readFamily, TIME_FORMS } from "./probe_options.ts";
import { readTarget } from "./target.ts";

/** RFC 865. */
const QOTD_PORT = 17;

async function run(args: readonly string[], world: World): Promise<number> {
  const { string, boolean, positional } = readOptions(args, {
    string: ["timeout"],
    boolean: ["udp", "ipv4", "ipv6"],
    short: { u: "udp", W: "timeout", "4": "ipv4", "6": "ipv6" },
    positional: 1,
  });
  const target = readTarget(positional.at(0), {
    udp: boolean.udp,
    port: QOTD_PORT,
  });
  const family = readFamily(boolean);
  const timeoutMs = readDuration(string.timeout ?? "3s", "timeout");
  // Loaded here, not above: `serve` starts faster without it.
  const { fetchQuote, QuoteError } = await import("../probe/quote.ts");
  const { ReachError } = await import("../probe/reach/reach_error.ts");
  try {
    const { text, problem } = await fetchQuote(target, { family, timeoutMs });
    world.print(text.endsWith("\n") ? text : `${text}\n`);
    if (problem === undefined) return ExitCode.OK;
    world.complain(`mynah: The quote may not be whole: ${problem}\n`);
  } catch (error) {
    if (!(error instanceof ReachError || error instanceof QuoteError)) {
      throw error;
    }
    world.complain(`mynah: ${error.message}\n`);
  }
  return ExitCode.UNAVAILABLE;
}

/** Asks a server for its quote of the day, once. */
export const quote: Command = {
  name: "quote",
  summary: "Ask a server for its quote of the day",
  help: `Usage: mynah quote [-u] [-4 | -6] [-W TIME] TARGET

Prints the quote that a server of RFC 865 sends. Control characters in it are
printed as escapes.

TARGET is HOST, HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT. The default port
is 17.

Options:
  -u, --udp            ask over UDP when TARGET does not say
  -4, --ipv4           use IPv4 only
  -6, --ipv6           use IPv6 only
  -W, --timeout TIME   how long to wait for the whole quote (3s)
  -h, --help           show this help

${TIME_FORMS}

Exit codes: 0 a quote was printed, 64 wrong usage, 69 no quote or only a part.
`,
  run,
};
