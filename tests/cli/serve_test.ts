import { assert, assertEquals, assertMatch } from "@std/assert";
import { exchangeTcp } from "../support/clients.ts";
import { Mynah, services } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import { IPV6, NETWORK_NAMESPACE, testWith, UNIX } from "../support/needs.ts";

const ECHO = "echo=tcp://127.0.0.1:0";

Deno.test("serve ends with 69 for addresses that it cannot have, each with the reason", async () => {
  const hostname = "127.0.0.1";
  using tcp = Deno.listen({ hostname, port: 0 });
  const udp = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const taken = [
    `tcp://127.0.0.1:${tcp.addr.port}`,
    `udp://127.0.0.1:${(udp.addr as Deno.NetAddr).port}`,
  ];
  const foreign = "tcp://192.0.2.1:7777"; // TEST-NET-1 (RFC 5737) is nobody's.
  try {
    const all = [...taken, foreign].map((it) => `echo=${it}`);
    const { code, stdout, stderr } = await runMynah([
      "serve",
      ...services(ECHO, ...all),
    ]);
    assertEquals(stderr.split("\n"), [
      ...taken.map((it) => `Cannot bind "${it}": address in use`),
      `Cannot bind "${foreign}": this machine has no such address`,
      "",
    ]);
    assertEquals(stdout, "");
    assertEquals(code, 69);
  } finally {
    udp.close();
  }
});

testWith(
  [NETWORK_NAMESPACE, "setpriv"],
  "serve says what ports below 1024 need when it may not have them",
  async () => {
    const { code, stderr } = await runMynah(
      ["serve", "--service", "echo=tcp://127.0.0.1:7", "--service", ECHO],
      {
        through: [
          ...inNewNetwork(),
          "setpriv",
          "--bounding-set=-net_bind_service",
          "--inh-caps=-net_bind_service",
        ],
      },
    );
    assertMatch(
      stderr,
      /^Cannot bind "tcp:\/\/127\.0\.0\.1:7": permission denied; ports below 1024 need root, or on Linux: .*setcap.*\n$/,
    );
    assertEquals(code, 69);
  },
);

Deno.test("serve without a file prints a line to try for each address", async () => {
  await using mynah = await Mynah.serve(
    services(
      "echo=tcp://127.0.0.1:0",
      "qotd=udp://127.0.0.1:0",
      "echo=tcp://*:0",
    ),
  );
  // Those of one type are one service.
  const [echo, everywhere, quote] = mynah.addresses.map(({ port }) => port);
  assertEquals(await mynah.stop(), 0);
  const lines = (await mynah.stdout).trimEnd().split("\n");
  assertEquals(lines.map((line) => line.trim().split(/\s{2,}/)), [
    ["Try:"],
    [`echo hello | nc -w 1 127.0.0.1 ${echo}`, "# echo over TCP"],
    [`echo hello | nc -w 1 127.0.0.1 ${everywhere}`, "# echo over TCP"],
    [`echo hello | nc -u -w 1 127.0.0.1 ${quote}`, "# qotd over UDP"],
  ]);
});

testWith(
  [IPV6],
  "serve without a file prints a line to try for an IPv6 address",
  async () => {
    await using mynah = await Mynah.serve(services("qotd=udp://[::1]:0"));
    const [{ port }] = mynah.addresses;
    assertEquals(await mynah.stop(), 0);
    assertMatch(await mynah.stdout, new RegExp(`nc -u -w 1 ::1 ${port} `));
  },
);

testWith(
  [NETWORK_NAMESPACE, "nsenter", "nc.openbsd"],
  "serve without arguments serves the built-in defaults, and the lines to try work",
  async () => {
    await using mynah = await Mynah.serve([], { through: inNewNetwork() });
    const commands = [
      "echo hello | nc -w 1 127.0.0.1 10007",
      "echo hello | nc -u -w 1 127.0.0.1 10007",
      "echo hello | nc -w 1 127.0.0.1 10017",
      "echo hello | nc -u -w 1 127.0.0.1 10017",
    ];
    const answers = await Promise.all(commands.map((command) => {
      const line = command.replace("nc ", "nc.openbsd ");
      return run([...networkOf(mynah.pid), "sh", "-c", line]);
    }));
    const [echoed, echoedUdp, quote, quoteUdp] = answers.map((it) => it.text);
    assertEquals([echoed, echoedUdp], ["hello\n", "hello\n"]);
    assertMatch(quote, /^[^]+\r\n$/);
    assertEquals(quoteUdp, quote);

    assertEquals(await mynah.stop(), 0);
    const stdout = await mynah.stdout;
    assertMatch(stdout, /^No --config given: these are the built-in defaults/);
    for (const command of commands) assert(stdout.includes(` ${command} `));
  },
);

/** A terminal for the program, whose output comes on standard error. */
const TERMINAL = [
  "bash",
  "-c",
  'script -qefc "$(printf "%q " "$@")" /dev/null >&2',
  "bash",
];

for (const [value, colored] of [["", true], ["1", false]] as const) {
  const verb = colored ? "is colored" : "is not colored";
  testWith(
    ["bash", "script"],
    `the log on a terminal ${verb} with NO_COLOR=${value}`,
    async () => {
      const args = ["--service", ECHO, "--once"];
      const env = { NO_COLOR: value };
      await using mynah = await Mynah.serve(args, { through: TERMINAL, env });
      await exchangeTcp(mynah.address("tcp"), new Uint8Array(1));
      assertEquals(await mynah.ended(), 0);
      assertEquals(mynah.log.includes("\x1b["), colored, mynah.log);
    },
  );
}

Deno.test("the log in a pipe is not colored, NO_COLOR or not", async () => {
  const args = ["--service", ECHO, "--once"];
  await using mynah = await Mynah.serve(args, { env: { NO_COLOR: "" } });
  await exchangeTcp(mynah.address("tcp"), new Uint8Array(1));
  assertEquals(await mynah.ended(), 0);
  assert(!mynah.log.includes("\x1b"));
});

testWith(
  [UNIX],
  "without a config file, SIGHUP ends mynah as it ends any program with its terminal",
  async () => {
    await using mynah = await Mynah.serve(["--service", ECHO]);
    mynah.kill("SIGHUP");
    assertEquals(await mynah.ended(), 129);
  },
);
