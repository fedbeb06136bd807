/**
 * Where and with what the figures were measured.
 *
 * @module
 */

import { cores, run, which } from "./process.ts";

/** The programs whose versions say something about the figures. */
const PROGRAMS: readonly (readonly string[])[] = [
  ["cc", "--version"],
  ["go", "version"],
  ["node", "--version"],
  ["python3", "--version"],
  ["xinetd", "-version"],
  ["socat", "-V"],
  ["ncat", "--version"],
];

async function versionOf(command: readonly string[]): Promise<string[]> {
  if (!which(command[0])) return [];
  const { stdout, stderr } = await run(command);
  const version = `${stdout}${stderr}`.match(/\d+\.\d+(\.\d+)*/)?.[0];
  return version === undefined ? [] : [`${command[0]} ${version}`];
}

/** Describes this machine: a paragraph for the report, and a line for the picture. */
export async function machine(
  rounds: number,
  seconds: number,
  isPinned: boolean,
): Promise<{ text: string; caption: string }> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const model = info.match(/^model name\s*:\s*(.*)/m)?.[1] ?? Deno.build.arch;
  const { hardwareConcurrency } = navigator;
  const date = new Date().toISOString().slice(0, 10);
  const versions = await Promise.all(PROGRAMS.map(versionOf));
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const [server, load] = cores();
  const pinning = load === undefined || !isPinned
    ? "not pinned to cores"
    : `the server on core ${server}, the load on core ${load}`;
  const system = `${model}, ${hardwareConcurrency} cores, ${memory} GiB, ` +
    `Linux ${Deno.osRelease()}`;
  return {
    text: [
      `${date}; ${system}; ${pinning}; medians of ${rounds} rounds of ${seconds} s each.`,
      `Deno ${Deno.version.deno}, ${versions.flat().join(", ")}.`,
      `Command: \`deno task bench${
        Deno.args.map((arg) => ` ${arg}`).join("")
      }\``,
    ].join("\n"),
    caption: `${date}, ${system}`,
  };
}
