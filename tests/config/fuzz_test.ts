import { assert, assertEquals } from "@std/assert";
import { readOptions } from "../../src/cli/args.ts";
import { UsageError, type World } from "../../src/cli/command.ts";
import { runCommand } from "../../src/cli/commands.ts";
import { planFile } from "../../src/cli/source.ts";
import { ConfigError } from "../../src/config/problems.ts";
import { CONFIG_MODULE, WORKER_MODULE } from "../support/cli.ts";
import { forCases, type Random } from "../support/random.ts";
import { TempFolder } from "../support/temp_folder.ts";

const CASES = 500;
const encoder = new TextEncoder();

/** Every setting once. */
const FULL = `# all of it
log: { level: debug, format: json }
admin: 127.0.0.1:9090
shutdown_grace: 10s
services:
  - name: echo
    type: echo
    listen: [tcp://127.0.0.1:0, "udp://[::1]:0"]
    allow: [10.0.0.0/8, "::1", "::ffff:127.0.0.1"]
    deny: &no [10.6.6.6]
    max_connections: 1024
    when_full: wait
    max_connections_per_client: 64
    idle_timeout: 5m
    udp_replies_per_second: 100
  - name: quotes
    type: qotd
    deny: *no
    listen: tcp://localhost:17
    quotes: { file: quotes.txt, format: fortune, pick: sequential }
  - name: inline
    type: qotd
    listen: udp://*:17
    quotes:
      inline:
        - |
          a quote
            of two lines
        - "another \\u00e9"
`;

/** What YAML and our own syntax are made of. */
const TOKENS = [
  ...[..."\n\n\n  :,-?[]{}&*!|>'\"%@`#~\t\r\0\x1b\u2028\ufeff\ud800é🦜"],
  ..."services name type listen quotes inline file log admin deny".split(" "),
  ..."echo qotd tcp://127.0.0.1:0 udp://*:7 ::1/64 10.0.0.0/8".split(" "),
  ..."null true 0 -1 1e999 .inf .nan 0x1F 2026-01-01 99999999999".split(" "),
  ...["- ", ": ", "\n  ", "\n- ", "&a ", "*a", "<<: *a", "!!binary ", "!!set"],
  ...["---\n", "...\n", "%YAML 1.2\n", "? ", "__proto__", "constructor"],
];

/** Values where others are expected. */
const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 1e308, "", " ", "\0", "é", "x".repeat(10_000)],
  ...[[], {}, [[]], [null], { a: 1 }, JSON.parse(`{"__proto__":1}`), {
    toString: "x",
  }],
  ...["tcp://127.0.0.1:99999", "10s", "999999999999h", "quotes.txt", ".", "/"],
  ...["a\0b", "\x1b[2J\0", "\u202etxt.q", "no\nsuch\nfile", "x".repeat(300)],
];

/** Reads a config file, with the quotes file that it names; what is wrong with it must be said in words. */
async function readConfig(text: string | Uint8Array): Promise<void> {
  using folder = new TempFolder();
  folder.write("quotes.txt", "one\n%\ntwo\n");
  const file = folder.write("mynah.yaml", text);
  try {
    const { services } = await planFile(file);
    assert(services.length > 0);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assert(error.problems.length > 0);
    for (const line of error.message.split("\n")) assertReadable(line);
  }
}

/** Fails for a message that a terminal would obey, or that fills it. */
function assertReadable(line: string): void {
  assert(!/[\p{Cc}\p{Cf}\p{Cs}]/u.test(line), JSON.stringify(line));
  assert(line.length < 1000, line);
}

function mutate(random: Random, text: string): Uint8Array {
  let bytes = [...encoder.encode(text)];
  for (let changes = 1 + random.int(4); changes > 0; changes--) {
    const at = random.int(bytes.length);
    const piece = bytes.slice(at, at + random.int(40));
    switch (random.int(5)) {
      case 0:
        bytes[at] = random.int(256);
        break;
      case 1:
        bytes.splice(at, random.int(40));
        break;
      case 2:
        bytes.splice(random.int(bytes.length), 0, ...piece);
        break;
      case 3:
        bytes.splice(at, 0, ...encoder.encode(random.pick(TOKENS)));
        break;
      default:
        bytes = bytes.slice(0, at + 1);
    }
  }
  return new Uint8Array(bytes);
}

/** Puts a value in the place of another, anywhere in a config. */
function misplace(random: Random): unknown {
  const root: Record<string, unknown> = {
    log: { level: "info" },
    admin: "127.0.0.1:0",
    services: [
      { name: "e", type: "echo", listen: ["tcp://127.0.0.1:0"], allow: [] },
      { name: "q", type: "qotd", listen: "udp://[::1]:0", quotes: {} },
      {
        name: "f",
        type: "qotd",
        listen: "udp://[::1]:0",
        quotes: { file: "quotes.txt", format: "lines", pick: "random" },
      },
    ],
  };
  let at = root;
  while (true) {
    const key = random.pick(Object.keys(at));
    const next = at[key];
    if (typeof next === "object" && next !== null && random.int(4) > 0) {
      if (Object.keys(next).length === 0) return root;
      at = next as Record<string, unknown>;
      continue;
    }
    at[random.int(4) === 0 ? random.pick(TOKENS) : key] = random.pick(VALUES);
    return root;
  }
}

Deno.test("a config file of random bytes is read or refused in words", async () => {
  await forCases(CASES, async (random) => {
    await readConfig(random.bytes(random.int(300)));
  });
});

Deno.test("a config file of random words is read or refused in words", async () => {
  await forCases(CASES, async (random) => {
    await readConfig(random.picks(TOKENS, 60).join(""));
  });
});

Deno.test("a config file with changes anywhere is read or refused in words", async () => {
  await readConfig(FULL);
  await forCases(CASES, async (random) => {
    await readConfig(mutate(random, FULL));
  });
});

Deno.test("a config file with a wrong value anywhere is read or refused in words", async () => {
  await forCases(CASES, async (random) => {
    await readConfig(JSON.stringify(misplace(random)));
  });
});

/** Thrown in the place of serving: the command line was understood. */
class Started extends Error {}

/** What command lines are made of; no command here reaches the network, waits or reads standard input. */
const ARGUMENTS = [
  ..."serve check schema version help init nonsense".split(" "),
  ..."-- --- = -h --help --no-help --help=x -V --version --_".split(" "),
  ..."--config --config= --config=x --service --service= --once".split(" "),
  ..."--service=echo=tcp://127.0.0.1:0 --once=1 --no-once -o -cx".split(" "),
  ..."--constructor --__proto__=1 --toString echo=udp://x:1 echo=".split(" "),
  ...["", " ", "\n", "\x1b[31m", "\ud800", "é🦜", "x".repeat(200)],
  ...["--wait", "--wait=1x", "127.0.0.1", ":0", "/", "."],
];

Deno.test("any command line is obeyed or refused with an exit code and words", async () => {
  await forCases(CASES, async (random) => {
    let said = "";
    const world: World = {
      print: () => true,
      complain: (text) => said += text,
      workerModule: WORKER_MODULE,
      configModule: CONFIG_MODULE,
      signals() {
        throw new Started();
      },
    };
    const args = random.picks(ARGUMENTS, 5);
    const code = await runCommand(args, world).catch((error) => {
      if (error instanceof Started) return 0;
      throw error;
    });
    assert([0, 64, 78].includes(code), `${code} for ${JSON.stringify(args)}`);
    assertEquals(said === "", code === 0, JSON.stringify(args));
    for (const line of said.trimEnd().split("\n")) assertReadable(line);
  });
});

Deno.test("options are read as they were declared or refused in words", async () => {
  const declared = {
    string: ["config", "wait"],
    collect: ["service"],
    boolean: ["once"],
    short: { c: "config", o: "once" },
    positional: 2,
  };
  await forCases(CASES, (random) => {
    const args = random.picks(ARGUMENTS, 8);
    try {
      const options = readOptions(args, declared);
      assertEquals(Object.keys(options.string), declared.string);
      assertEquals(typeof options.boolean.once, "boolean");
      assert(options.positional.length <= 2);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      assertReadable(error.message);
    }
  });
});
