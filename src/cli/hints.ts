/**
 * @module
 */

import type { Address } from "../base/address.ts";
import { toRanges } from "../config/address_range.ts";
import type { Plan } from "../config/plan.ts";

/** For whoever started mynah without a config file: one command to paste for each address, or for the first of a range. */
export function hints(
  { services }: Plan,
  addresses: readonly Address[],
  embedded: boolean,
): string {
  const origin = embedded
    ? 'No --config given: these are the built-in defaults ("mynah serve --help").\n'
    : "";
  let taken = 0;
  const ranges = services.flatMap(({ spec: { config: { type, listen } } }) => {
    const own = addresses.slice(taken, taken += listen.length);
    return toRanges(own).map((range) => ({ type, ...range }));
  });
  const lines = ranges.map(({ type, transport, hostname, port, lastPort }) => {
    const host = hostname === "*" || hostname === "0.0.0.0"
      ? "127.0.0.1"
      : hostname === "::"
      ? "::1"
      : hostname;
    const options = transport === "udp" ? "-u -w 1" : "-w 1";
    return `  echo hello | nc ${options} ${host} ${port}`.padEnd(46) +
      `# ${type} over ${transport.toUpperCase()}` +
      (lastPort > port ? `, and so on to port ${lastPort}` : "");
  });
  return `${origin}Try:\n${lines.join("\n")}`;
}
