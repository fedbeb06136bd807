/**
 * Config files that mynah must refuse, and what it must say.
 *
 * @module
 */

import type { TempFolder } from "./temp_folder.ts";

/** A config file that is refused. */
export interface BadConfig {
  /** What it is, as the end of a sentence. */
  readonly name: string;
  /** The file's content, or a function that makes the file and returns its path. */
  readonly file: string | Uint8Array | ((folder: TempFolder) => string);
  /** What the lines of the error say, after the name of the file. */
  readonly lines: readonly (string | RegExp)[];
  /** Whether it is also tried on a process of its own. */
  readonly process?: true;
}

const MIB = 1024 * 1024;
const TOO_LARGE = "is larger than 1 MiB";
const BOMB = "too large once its aliases are written out";
const TOP_KEYS = "log, admin, shutdown_grace, services";

/** A config of echo services, each given by the keys besides its type. */
function echo(...services: string[]): string {
  const items = services.map((keys) => `  - {type: echo, ${keys}}\n`);
  return `services:\n${items.join("")}`;
}

/** A config with one service that has its quotes from a file. */
function quotes(file: string): string {
  return `services:\n  - {name: q, type: qotd, listen: "tcp://127.0.0.1:0", quotes: {file: ${file}}}\n`;
}

const GOOD = "name: e, listen: 'tcp://127.0.0.1:0'";
const QUOTES_FILE = "services[0].quotes.file: ";

function withQuotes(content: string | Uint8Array) {
  return (folder: TempFolder) => {
    folder.write("q.txt", content);
    return folder.write("mynah.yaml", quotes("q.txt"));
  };
}

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

const FILES: readonly BadConfig[] = [
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

const SYNTAX: readonly BadConfig[] = [
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
    lines: [/^line \d, column \d+: not valid YAML: .*merge/],
  },
];

const SETTINGS: readonly BadConfig[] = [
  {
    name: "a text instead of a mapping",
    file: "hello\n",
    lines: ['found "hello", expected a mapping with services'],
  },
  {
    name: "a list instead of a mapping",
    file: "- name: e\n",
    lines: ["found a list of 1, expected a mapping with services"],
  },
  {
    name: "unknown keys, with the nearest known ones",
    file: `servces: []\n${echo(`${GOOD}, max_conections: 7`)}`,
    lines: [
      'services[0].max_conections: unknown key; did you mean "max_connections"?',
      'servces: unknown key; did you mean "services"?',
    ],
    process: true,
  },
  {
    name: "keys that every JavaScript object has",
    file: `${
      echo(GOOD)
    }__proto__: {services: []}\nconstructor: 1\ntoString: 1\n`,
    lines: [
      `toString: unknown key; known here: ${TOP_KEYS}`,
      `__proto__: unknown key; known here: ${TOP_KEYS}`,
      `constructor: unknown key; known here: ${TOP_KEYS}`,
    ],
    process: true,
  },
  {
    name: "an odd key",
    file: `${echo(GOOD)}"a.b\\n\\e[2J": 1\n? [x, y]\n: 2\n`,
    lines: [
      `["a.b\\n\\u{1b}[2J"]: unknown key; known here: ${TOP_KEYS}`,
      `["x,y"]: unknown key; known here: ${TOP_KEYS}`,
    ],
  },
  {
    name: "more unknown keys than anyone reads",
    file: Array.from({ length: 5000 }, (_, i) => `k${i}: 1\n`).join(""),
    lines: [...Array(50).fill(/missing|unknown key/), "and 4951 more problems"],
  },
  {
    name: "one name for two services",
    file: echo(GOOD, GOOD),
    lines: ['services[1].name: "e" is also the name at services[0].name'],
  },
  {
    name: "two services on one address",
    file: echo(
      "name: a, listen: 'tcp://[::1]:7'",
      "name: b, listen: ['udp://[::1]:7', 'tcp://[0::1]:7']",
    ),
    lines: [
      "services[1].listen[1]: tcp://[::1]:7 is also at services[0].listen",
    ],
    process: true,
  },
  {
    name: "a service on one of all addresses of another",
    file: echo(
      "name: a, listen: 'tcp://*:7'",
      "name: b, listen: 'tcp://127.0.0.1:7'",
    ),
    lines: [
      "services[1].listen: tcp://127.0.0.1:7 overlaps tcp://*:7 at services[0].listen",
    ],
  },
  {
    name: "huge numbers",
    file: echo(
      `${GOOD}, max_connections: 99999999999999999999999, udp_replies_per_second: 1e400`,
    ),
    lines: [
      "services[0].max_connections: found 1e+23, expected a whole number from 1 to 1000000",
      "services[0].udp_replies_per_second: found Infinity, expected a whole number from 1 to 1000000",
    ],
  },
  {
    name: "dates",
    file: "services: 2001-12-14\nshutdown_grace: 2001-12-14T21:59:43Z\n",
    lines: [
      "shutdown_grace: found a date, expected a duration such as 250ms, 10s, 5m or 1h",
      "services: found a date, expected a list of services",
    ],
  },
  {
    name: "every kind of mistake at once",
    file: `log: {level: loud}
admin: 9090
shutdown_grace: 10
services:
  - {name: e, type: ecoh, listen: "tcp://127.0.0.1:99999"}
  - {name: e, type: qotd, listen: [], quotes: {fiel: q.txt}}
`,
    lines: [
      'log.level: found "loud", expected debug, info, warn or error',
      'admin: found 9090, expected HOST:PORT, such as "127.0.0.1:9090"',
      "shutdown_grace: found 10, expected a duration such as 250ms, 10s, 5m or 1h",
      'services[0].type: found "ecoh", expected echo or qotd; did you mean "echo"?',
      'services[0].listen: found "tcp://127.0.0.1:99999", expected a port from 0 to 65535',
      "services[1].listen: found an empty list, expected at least one address",
      'services[1].quotes.fiel: unknown key; did you mean "file"?',
      'services[1].name: "e" is also the name at services[0].name',
    ],
    process: true,
  },
];

const QUOTES: readonly BadConfig[] = [
  {
    name: "a quotes file that is not there",
    file: quotes("sub/missing.txt"),
    lines: [`${QUOTES_FILE}"sub/missing.txt": no such file`],
    process: true,
  },
  {
    name: "a folder for a quotes file",
    file: quotes("."),
    lines: [`${QUOTES_FILE}".": is a folder`],
  },
  {
    name: "an empty quotes file",
    file: withQuotes(""),
    lines: [`${QUOTES_FILE}"q.txt": holds no quotes`],
    process: true,
  },
  {
    name: "a quotes file of nothing but dividers",
    file: withQuotes("%\n%\n\n%\n"),
    lines: [`${QUOTES_FILE}"q.txt": holds no quotes`],
  },
  {
    name: "a quotes file of quotes that are too long",
    file: withQuotes("x".repeat(600)),
    lines: [
      `${QUOTES_FILE}"q.txt": holds only quotes of more than 511 bytes (RFC 865)`,
    ],
  },
  {
    name: "a quotes file of binary junk",
    file: withQuotes(Uint8Array.of(0x61, 0x0a, 0x00)),
    lines: [`${QUOTES_FILE}"q.txt": not a text file: NUL byte in line 2`],
  },
  {
    name: "a quotes file without end",
    file: quotes("/dev/zero"),
    lines: [`${QUOTES_FILE}"/dev/zero": is larger than 16 MiB`],
  },
];

/** All of them. */
export const BAD_CONFIGS: readonly BadConfig[] = [
  ...FILES,
  ...SYNTAX,
  ...SETTINGS,
  ...QUOTES,
];
