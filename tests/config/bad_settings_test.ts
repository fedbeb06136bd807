import { TYPES } from "../support/configs.ts";
import { type BadConfig, echo, GOOD, testRefused } from "./bad_configs.ts";
import type { TempFolder } from "../support/temp_folder.ts";

const TOP_KEYS = "log, workers, admin, shutdown_grace, services";
const QUOTES_FILE = "services[0].quotes.file: ";
const BLOCKED = 'services[0].deny: "blocked.txt"';
const EXPECTED_BLOCK =
  "expected an IP address or a CIDR block such as 10.0.0.0/8";

function withBlocked(
  content: string | Uint8Array,
  deny = "{file: blocked.txt}",
) {
  return (folder: TempFolder) => {
    folder.write("blocked.txt", content);
    return folder.write("mynah.yaml", echo(`${GOOD}, deny: ${deny}`));
  };
}

/** A config with one service that has its quotes from a file. */
function quotes(file: string): string {
  return `services:\n  - {name: q, type: qotd, listen: "tcp://127.0.0.1:0", quotes: {file: ${file}}}\n`;
}

function withQuotes(content: string | Uint8Array) {
  return (folder: TempFolder) => {
    folder.write("q.txt", content);
    return folder.write("mynah.yaml", quotes("q.txt"));
  };
}

/** What is wrong with keys and values. */
const BAD_SETTINGS: readonly BadConfig[] = [
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
    file: `${echo(GOOD)}"a.b\\n\\e[2J": 1\n`,
    lines: [
      `["a.b\\n\\u{1b}[2J"]: unknown key; known here: ${TOP_KEYS}`,
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
      "services[0].max_connections: found 99999999999999999999999, expected a whole number from 1 to 1000000",
      'services[0].udp_replies_per_second: found "1e400", expected a whole number from 1 to 1000000',
    ],
  },
  {
    name: "numbers that are not decimal, in quotes or not",
    file: `workers: 0o2\n${
      echo(`${GOOD}, max_connections: 010, udp_replies_per_second: '1_000'`)
    }`,
    lines: [
      "workers: found 0o2, expected auto or a whole number from 1 to 256, in decimal: 2",
      "services[0].max_connections: found 010, expected a whole number from 1 to 1000000, in decimal: 10 (8 if it was octal)",
      "services[0].udp_replies_per_second: found 1_000, expected a whole number from 1 to 1000000, in decimal: 1000",
    ],
    process: true,
  },
  {
    name: "ports, octets, prefixes and durations that are not decimal",
    file: `admin: 127.0.0.1:0x2382\n${
      echo(
        "name: a, listen: ['tcp://127.0.0.1:010', 'udp://127.0.0.010:7'], deny: 10.0.0.0/08",
        "name: b, listen: 'tcp://*:7_000-7099', allow: [0x0a.0.0.0/8], idle_timeout: 05m",
      )
    }`,
    lines: [
      'admin: found "127.0.0.1:0x2382", expected a port from 0 to 65535, in decimal: 9090',
      'services[0].listen[0]: found "tcp://127.0.0.1:010", expected a port from 0 to 65535, in decimal: 10 (8 if it was octal)',
      'services[0].listen[1]: found "udp://127.0.0.010:7", expected an IPv4 address of four numbers, 0 to 255 each, in decimal: 127.0.0.10',
      'services[0].deny: found "10.0.0.0/08", expected a prefix from 0 to 32, in decimal: 8',
      'services[1].listen: found "tcp://*:7_000-7099", expected a port from 0 to 65535, in decimal: 7000',
      'services[1].allow[0]: found "0x0a.0.0.0/8", expected an IPv4 address of four numbers, 0 to 255 each, in decimal: 10.0.0.0',
      'services[1].idle_timeout: found "05m", expected a duration such as 250ms, 10s, 5m or 1h, in decimal: 5m',
    ],
    process: true,
  },
  {
    name: "a timeout of nothing",
    file: echo(`${GOOD}, idle_timeout: 0s`),
    lines: [
      'services[0].idle_timeout: found "0s", expected a duration above 0 such as 250ms, 10s, 5m or 1h',
    ],
    process: true,
  },
  {
    name: "ranges that are none, and too many addresses",
    file: echo(
      "name: a, listen: ['tcp://*:9-7', 'tcp://*:0-7', 'tcp://*:1-70000']",
      "name: b, listen: ['udp://*:1-65535', 'udp://127.0.0.1:1-9']",
    ),
    lines: [
      'services[0].listen[0]: found "tcp://*:9-7", expected a range of ports with the lower one first: 7-9',
      'services[0].listen[1]: found "tcp://*:0-7", expected a range of ports from 1 to 65535',
      'services[0].listen[2]: found "tcp://*:1-70000", expected a port from 0 to 65535',
      "services[1].listen[1]: more than 65535 addresses, with those before it",
    ],
  },
  {
    name: "dates",
    file: "services: 2001-12-14\nshutdown_grace: 2001-12-14T21:59:43Z\n",
    lines: [
      'shutdown_grace: found "2001-12-14T21:59:43Z", expected a duration such as 250ms, 10s, 5m or 1h',
      'services: found "2001-12-14", expected a list of services',
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
  - {name: q, type: qotd, listen: 17, quotes: {file: missing.txt}}
`,
    lines: [
      'log.level: found "loud", expected debug, info, warn or error',
      'admin: found 9090, expected HOST:PORT, such as "127.0.0.1:9090"',
      "shutdown_grace: found 10, expected a duration such as 250ms, 10s, 5m or 1h",
      `services[0].type: found "ecoh", expected ${TYPES}; did you mean "echo"?`,
      'services[0].listen: found "tcp://127.0.0.1:99999", expected a port from 0 to 65535',
      "services[1].listen: found an empty list, expected at least one address",
      'services[1].quotes.fiel: unknown key; did you mean "file"?',
      'services[2].listen: found 17, expected an address, not a port alone, such as "tcp://*:17"',
      'services[1].name: "e" is also the name at services[0].name',
      'services[2].quotes.file: "missing.txt": no such file',
    ],
    process: true,
  },
];

/** What is wrong with the quotes that the config names. */
const BAD_QUOTES: readonly BadConfig[] = [
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
    name: "access lists with entries that are none",
    file: echo(
      `${GOOD}, allow: [10.1, {fiel: x}, {file: ""}], deny: {file: [a]}`,
    ),
    lines: [
      `services[0].allow[0]: found 10.1, expected an IPv4 address of four numbers, 0 to 255 each`,
      "services[0].allow[1].file: missing",
      'services[0].allow[1].fiel: unknown key; did you mean "file"?',
      'services[0].allow[2].file: found "", expected a file name',
      "services[0].deny.file: found a list of 1, expected a file name",
    ],
  },
  {
    name: "a blocklist with lines that are no addresses, beside other problems",
    file: withBlocked(
      "\ufeff# blocked\r\n10.0.0.0/8 # all of it\r\n\r\n10.1\r\nexample.org\r\n",
      "[192.0.2.1, {file: blocked.txt}], max_connections: 0",
    ),
    lines: [
      "services[0].max_connections: found 0, expected a whole number from 1 to 1000000",
      `${BLOCKED}, line 4: found "10.1", expected an IPv4 address of four numbers, 0 to 255 each`,
      `${BLOCKED}, line 5: found "example.org", ${EXPECTED_BLOCK}`,
    ],
    process: true,
  },
  {
    name: "a blocklist with nothing but bad lines",
    file: withBlocked("10.0.0.0/33\n".repeat(5000)),
    lines: [
      ...Array.from(
        { length: 20 },
        (_, i) =>
          `${BLOCKED}, line ${
            i + 1
          }: found "10.0.0.0/33", expected a prefix from 0 to 32`,
      ),
      `${BLOCKED}: and 4980 more such lines`,
    ],
  },
  {
    name: "a blocklist that is not there",
    file: echo(`${GOOD}, deny: {file: missing.txt}`),
    lines: ['services[0].deny: "missing.txt": no such file'],
    process: true,
  },
  {
    name: "a blocklist of binary junk",
    file: withBlocked(Uint8Array.of(0x31, 0x0a, 0x00)),
    lines: [`${BLOCKED}: not a text file: NUL byte in line 2`],
  },
  {
    name: "a blocklist without end",
    file: echo(`${GOOD}, deny: {file: /dev/zero}`),
    lines: ['services[0].deny: "/dev/zero": is larger than 16 MiB'],
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

testRefused([...BAD_SETTINGS, ...BAD_QUOTES]);
