/**
 * Config files that are no YAML, or no config at all.
 *
 * @module
 */

import { type BadConfig, echo, GOOD } from "./bad_configs.ts";
import type { TempFolder } from "./temp_folder.ts";

const MIB = 1024 * 1024;
const TOO_LARGE = "is larger than 1 MiB";
const BOMB = "too large once its aliases are written out";

function sparse(folder: TempFolder): string {
  const path = folder.write("large.yaml", echo(GOOD));
  Deno.truncateSync(path, 100 * MIB);
  return path;
}

function bomb(): string {
  const lines = ["l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"];
  for (let i = 1; i < 10; i++) {
    const aliases = Array(10).fill(`*l${i - 1}`).join(", ");
    lines.push(`l${i}: &l${i} [${aliases}]`);
  }
  return lines.join("\n");
}

/** What is wrong before the first character of YAML. */
export const BAD_FILES: readonly BadConfig[] = [
  {
    name: "a file that is not there",
    file: (folder) => folder.file("missing.yaml"),
    lines: ["no such file"],
    process: true,
  },
  {
    name: "a folder",
    file: (folder) => folder.path,
    lines: ["is a folder"],
    process: true,
  },
  {
    name: "a file within a file",
    file: (folder) => `${folder.write("a", "a")}/b`,
    lines: ["no such file"],
  },
  {
    name: "a file of 100 MB",
    file: sparse,
    lines: [TOO_LARGE],
    process: true,
  },
  { name: "an empty file", file: "", lines: ["holds no settings"] },
  {
    name: "a file of comments",
    file: "# services:\n\n  # - none\n",
    lines: ["holds no settings"],
  },
  {
    name: "binary junk",
    file: crypto.getRandomValues(new Uint8Array(65536)),
    lines: [/^not (a text file: NUL|UTF-8 text: invalid) byte in line \d+$/],
    process: true,
  },
  {
    name: "a text of Latin-1",
    file: Uint8Array.of(0x61, 0x3a, 0x0a, 0xe9, 0x3a, 0x20, 0x31),
    lines: ["not UTF-8 text: invalid byte in line 2"],
  },
  {
    name: "a text of UTF-16",
    file: Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x3a, 0),
    lines: ["not a text file: NUL byte in line 1"],
  },
  {
    name: "a NUL in the text",
    file: `${echo(GOOD)}# \0\n`,
    lines: ["not a text file: NUL byte in line 3"],
  },
];

/** What is wrong with the YAML. */
export const BAD_SYNTAX: readonly BadConfig[] = [
  {
    name: "several documents",
    file: `${echo(GOOD)}---\n${echo(GOOD)}`,
    lines: [/^not valid YAML: .*single document/],
  },
  {
    name: "tabs for indentation",
    file: "services:\n\t- name: e\n\t  type: echo\n",
    lines: [/^line 2, column \d+: not valid YAML: /],
    process: true,
  },
  {
    name: "a key twice in one mapping",
    file: `${echo(GOOD)}log: {}\nlog: {}\n`,
    lines: [/^line 4, column \d+: not valid YAML: .*duplicate/],
  },
  {
    name: "a list nested 100,000 levels deep",
    file: "[".repeat(100_000),
    lines: [/nest/],
    process: true,
  },
  {
    name: "a mapping nested 100,000 levels deep",
    file: "services: " + "{a: ".repeat(100_000),
    lines: [/nest/],
  },
  { name: "an alias bomb", file: bomb(), lines: [BOMB], process: true },
  {
    name: "an alias bomb of one long text",
    file: `a: &a ${"x".repeat(MIB / 2)}\nb: [${Array(9999).fill("*a")}]\n`,
    lines: [BOMB],
  },
  {
    name: "an alias that contains itself",
    file: "services: &s\n  - *s\n",
    lines: ["has an alias that contains itself"],
    process: true,
  },
  {
    name: "an alias of nothing",
    file: "services: *s\n",
    lines: [/^line 1, column \d+: not valid YAML: .*"s"/],
  },
  {
    name: "a merge key that merges no mapping",
    file: "services: []\n<<: 7\n",
    lines: [
      '["<<"]: found 7, expected a mapping, or a list of mappings, to merge',
    ],
  },
];
