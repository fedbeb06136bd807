import { type BadConfig, echo, GOOD, testRefused } from "./bad_configs.ts";
import type { TempFolder } from "../support/temp_folder.ts";

const MIB = 1024 * 1024;
const TOO_LARGE = "is larger than 8 MiB";
const BOMB = /^\S+: more than 150000 values, with aliases expanded$/;

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
const BAD_FILES: readonly BadConfig[] = [
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
const BAD_SYNTAX: readonly BadConfig[] = [
  {
    name: "several documents",
    file: `${echo(GOOD)}---\n${echo(GOOD)}`,
    lines: [
      "line 3, column 1: a second document; a config file has only one",
    ],
  },
  {
    name: "tabs for indentation",
    file: "services:\n\t- name: e\n\t  type: echo\n",
    lines: ["line 2, column 1: a tab in the indentation; use spaces"],
    process: true,
  },
  {
    name: "a tab after a dash",
    file: "services:\n  -\tname: e\n    type: echo\n",
    lines: ["line 2, column 4: a tab in the indentation; use spaces"],
  },
  {
    name: "a tag",
    file: `${echo(GOOD)}workers: !!int\n`,
    lines: ['line 3, column 10: the tag "!!int" is not supported'],
    process: true,
  },
  {
    name: "an alias of an empty text",
    file: `${echo(GOOD)}admin: &a ""\nshutdown_grace: *a\n`,
    lines: ['line 4, column 17: the alias "*a" has no value'],
  },
  {
    name: "a list for a key",
    file: `${echo(GOOD)}? [x, y]\n: 2\n`,
    lines: ["line 3, column 1: a key must be plain text"],
  },
  {
    name: "a key twice in one mapping",
    file: `${echo(GOOD)}log: {}\nlog: {}\n`,
    lines: ['line 4, column 1: duplicate key "log" in one mapping'],
  },
  {
    name: "a list nested 100,000 levels deep",
    file: "[".repeat(100_000),
    lines: ["line 1, column 33: nested more than 32 levels deep"],
    process: true,
  },
  {
    name: "a mapping nested 100,000 levels deep",
    file: "services: " + "{a: ".repeat(100_000),
    lines: ["line 1, column 135: nested more than 32 levels deep"],
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
    lines: ["services[0]: has an alias that contains itself"],
    process: true,
  },
  {
    name: "an address with * that is not in quotes",
    file: "admin: *:9090\n",
    lines: [/^line 1, column 8: .* a text that begins with "\*" needs quotes$/],
    process: true,
  },
  {
    name: "a star in a list that is not in quotes",
    file: "services:\n  - listen: [tcp://*:7, *:7]\n",
    lines: [
      /^line 2, column 25: .* a text that begins with "\*" needs quotes$/,
    ],
  },
  ...["admin: [::1]:9090", "admin: [2001:db8::1]:9090", "l: [tcp://[::1]:7]"]
    .map((line) => ({
      name: `an IPv6 address that is not in quotes, ${line}`,
      file: `log: {level: info}\n${line}\n`,
      lines: [
        /^line 2, column \d+: .*; an IPv6 address in brackets needs quotes$/,
      ],
    })),
  {
    name: "an alias of nothing",
    file: "services: *s\n",
    lines: [
      'line 1, column 11: no "&s" before the alias "*s"; a text that begins with "*" needs quotes',
    ],
  },
  {
    name: "a merge key that merges no mapping",
    file: "services: []\n<<: 7\n",
    lines: [
      '["<<"]: found 7, expected a mapping, or a list of mappings, to merge',
    ],
  },
];

testRefused([...BAD_FILES, ...BAD_SYNTAX]);
