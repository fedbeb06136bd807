import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Mynah } from "../support/mynah.ts";
import { mynahCommand, ping, runMynah, url } from "../support/cli.ts";
import { onTerminal, run } from "../support/programs.ts";
import {
  drain,
  tcpEcho,
  tcpServer,
  udpEcho,
  udpServer,
} from "../support/servers.ts";
import { LOOPBACK_NET, testWith, UNIX } from "../support/needs.ts";

for (const transport of ["tcp", "udp"] as const) {
  Deno.test(`ping prints a line for each reply of mynah over ${transport}, and a summary`, async () => {
    const service = `echo=${transport}://127.0.0.1:0`;
    await using mynah = await Mynah.serve(["--service", service]);
    const address = mynah.address(transport);
    const { code, stdout, stderr } = await ping(address, "-c3", "-i0.3");
    assertEquals([code, stderr], [0, ""]);
    const from = `127\\.0\\.0\\.1:${address.port}`;
    assertMatch(
      stdout,
      new RegExp(
        `^PING ${transport}://${from} \\(127\\.0\\.0\\.1\\): 64 bytes of data.*\n` +
          [1, 2, 3].map((seq) =>
            `64 bytes from ${from}: seq=${seq} time=[\\d.]+ ms\n`
          ).join("") +
          `\n--- ${transport}://${from} ping statistics ---\n` +
          "3 sent, 3 received, 0% loss, time \\d+ ms\n" +
          "rtt min/avg/max/mdev = ([\\d.]+/){3}[\\d.]+ ms\n" +
          "rtt p50/p90/p99/p99\\.9 = ([\\d.]+/){3}[\\d.]+ ms, jitter = [\\d.]+ ms\n$",
      ),
    );
  });
}

for (const version of ["v1", "v2"]) {
  Deno.test(`ping --proxy-protocol ${version} begins each connection with a header`, async () => {
    await using mynah = await Mynah.configured({
      admin: "127.0.0.1:0",
      services: [{
        name: "echo",
        type: "echo",
        listen: "tcp://127.0.0.1:0",
        proxy_protocol: "127.0.0.1",
      }],
    });
    const options = ["-c2", "-i0.01", "--connections=3", "-q"];
    const { code, stdout, stderr } = await ping(
      mynah.address("tcp"),
      ...options,
      `--proxy-protocol=${version}`,
    );
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "6 sent, 6 received, 0% loss");
    for (let i = 1; i <= 3; i++) {
      const line = await mynah.line(/connection ended .*service=echo/, i);
      // It names itself.
      assertMatch(line, / client=(127\.0\.0\.1:\d+) via=\1 bytes_in=128 /);
    }
    const without = await ping(mynah.address("tcp"), "-c1", "-W0.5", "-q");
    assertEquals(without.code, 1);
    await mynah.line(/connection refused .*proxy_header_malformed/);
  });
}

Deno.test("ping resolves names, and takes -4", async () => {
  using echo = udpEcho();
  const target = `udp://localhost:${echo.address.port}`;
  const { code, stdout } = await runMynah(["ping", "-4", "-c1", target]);
  assertEquals(code, 0);
  assertStringIncludes(stdout, `PING ${target} (127.0.0.1)`);
});

Deno.test("ping --json prints an object a line, and -q the summary alone", async () => {
  using echo = udpEcho();
  const args = ["-c2", "-i0.01", "--source-ports=2", "--json"];
  const all = await ping(echo.address, ...args);
  const objects = all.stdout.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertEquals(
    objects.map(({ mynah_ping, type }) => [mynah_ping, type]),
    [...Array(4).fill([1, "reply"]), [1, "summary"]],
  );
  const quiet = await ping(echo.address, ...args, "-q");
  assertEquals(JSON.parse(quiet.stdout).received, 4);
});

Deno.test("ping --prometheus prints metrics", async () => {
  using echo = udpEcho();
  const { code, stdout } = await ping(echo.address, "-c1", "--prometheus");
  assertEquals(code, 0);
  const label = `{target="${url(echo.address)}"}`;
  assertStringIncludes(stdout, `\nmynah_ping_received${label} 1\n`);
});

Deno.test("ping --overhead prints what mynah adds", async () => {
  using echo = udpEcho();
  const { stdout } = await ping(echo.address, "-c1", "--overhead");
  assertMatch(
    stdout,
    /\nown overhead p50\/p99 = [\d.]+\/[\d.]+ ms against a null echo, /,
  );
});

Deno.test("ping --connect measures connecting alone", async () => {
  using server = tcpServer(drain);
  const { code, stdout } = await ping(
    server.address,
    "-c2",
    "-i.01",
    "--connect",
  );
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /\nconnected to 127\.0\.0\.1:\d+: seq=2 time=[\d.]+ ms\n/,
  );
  assertStringIncludes(stdout, "\nconnect min/avg/max/mdev = ");
});

testWith(
  [UNIX, "sh"],
  "ping's exit code says in a script whether the thresholds are kept",
  async () => {
    let answered = 0;
    using server = udpServer((datagram) =>
      ++answered % 10 === 0 ? undefined : datagram
    );
    const script = `
    if "$@" --max-loss 10%; then echo kept; else echo "passed: $?"; fi
    if "$@" --max-loss 9.9%; then echo kept; else echo "passed: $?"; fi
    if "$@" --max-loss 10% --max-p99 1000 --max-jitter 1000; then echo kept; fi
    if "$@" --max-loss 10% --max-p99 0.00001ms; then echo kept; else echo "passed: $?"; fi
    if "$@" --max-loss 10% --max-jitter 0.00001ms; then echo kept; else echo "passed: $?"; fi
  `;
    const { text } = await run(
      [
        "sh",
        "-c",
        script,
        "sh",
        ...mynahCommand(),
        "ping",
        "-qc20",
        "-i.005",
        "-W1",
        url(server.address),
      ],
      "",
      60_000,
    );
    assertEquals(
      text.split("\n").filter((line) => /^(kept|passed)/.test(line)),
      ["kept", "passed: 1", "kept", "passed: 1", "passed: 1"],
    );
    assertStringIncludes(text, "\nNOT OK: loss is 10%, more than 9.9%\n");
  },
);

/** Starts a ping, and sends it a signal when the third reply is there; then has `after` say what to do at each further piece of output. */
async function interrupt(
  signal: Deno.Signal,
  onReply: (child: Deno.ChildProcess, printed: string) => void = () => {},
) {
  using echo = tcpEcho();
  const [program, ...args] = mynahCommand();
  const child = new Deno.Command(program, {
    args: [...args, "ping", "-i.01", url(echo.address)],
    cwd: new URL("../..", import.meta.url),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = printed;
    printed += text;
    if (!before.includes("seq=3") && printed.includes("seq=3")) {
      child.kill(signal);
    }
    onReply(child, printed);
  }
  return { status: await child.status, printed, stderr: await stderr };
}

Deno.test("Ctrl-C ends a ping with its summary", async () => {
  const { status: { code }, printed } = await interrupt("SIGINT");
  assertEquals(code, 0);
  assertMatch(printed, /\n(\d+) sent, \1 received, 0% loss, time \d+ ms\n/);
});

testWith(
  [UNIX],
  "SIGQUIT prints the figures of a ping so far, and it goes on",
  async () => {
    const { status: { code }, printed, stderr } = await interrupt(
      "SIGQUIT",
      (child, printed) => {
        if (/seq=50 .*\n$/.test(printed)) child.kill("SIGINT");
      },
    );
    assertEquals(code, 0);
    assertMatch(stderr, /^\d+ sent, \d+ received, (0% loss|loss unknown)\n$/);
    assertMatch(printed, /ping statistics/);
  },
);

testWith([UNIX], "a ping ends with its terminal: SIGHUP ends it", async () => {
  const { status: { signal } } = await interrupt("SIGHUP");
  assertEquals(signal, "SIGHUP");
});

testWith([UNIX, "sh"], "a ping that nobody reads any more ends", async () => {
  using echo = udpEcho();
  const { text } = await run([
    ...["sh", "-c", '"$@" | head -n 2', "sh"],
    ...[...mynahCommand(), "ping", "-i.01", url(echo.address)],
  ]);
  assertMatch(text, /^PING .*\n64 bytes from .*: seq=1 .*\n$/);
});

Deno.test("ping --help names every option", async () => {
  const { code, stdout } = await runMynah(["ping", "--help"]);
  assertEquals(code, 0);
  for (const option of ["--count", "--mtu", "--max-p99", "--prometheus"]) {
    assertStringIncludes(stdout, option);
  }
});

testWith(
  ["script"],
  "on a terminal there is a histogram, and a progress line that goes away",
  async () => {
    using echo = udpEcho();
    const options = ["--rate=200", "--duration=2", url(echo.address)];
    const { text } = await run(
      onTerminal([...mynahCommand(), "ping", ...options]),
    );
    const lines = text.replaceAll("\r\x1b[K", "\n<cleared>");
    assertMatch(lines, /\n<cleared>1 s: \d+ sent, \d+ received, /);
    assertMatch(lines, /\n<cleared>\r?\n--- udp/);
    assertMatch(text, / ms {2}█+ +\d+ [\d.]+%\r?\n/);
  },
);

testWith(
  [LOOPBACK_NET],
  "ping -I sends from that address, over UDP",
  async () => {
    const senders = new Set<string>();
    const socket = Deno.listenDatagram({
      transport: "udp",
      hostname: "127.0.0.1",
      port: 0,
    });
    const answering = (async () => {
      for await (const [datagram, sender] of socket) {
        senders.add((sender as Deno.NetAddr).hostname);
        await socket.send(datagram, sender);
      }
    })();
    const address = socket.addr as Deno.NetAddr;
    try {
      const { code } = await ping(address, "-c3", "-i.01", "-I", "127.0.0.9");
      assertEquals([code, ...senders], [0, "127.0.0.9"]);
    } finally {
      socket.close();
      await answering;
    }
  },
);

Deno.test("ping -I says that an address is not of this machine", async () => {
  using echo = udpEcho();
  const { code, stderr } = await ping(echo.address, "-I", "192.0.2.1");
  assertEquals(code, 2);
  assertEquals(
    stderr,
    `mynah: Cannot reach "${
      url(echo.address)
    }": no such address here, or no port left\n`,
  );
});

Deno.test("ping -D puts the time before each line, in text and in JSON", async () => {
  using echo = udpEcho();
  const before = Date.now();
  const text = await ping(echo.address, "-D", "-c3", "-i.01");
  const json = await ping(echo.address, "-D", "-c3", "-i.01", "--json");
  const after = Date.now();
  const times = [
    ...[...text.stdout.matchAll(/^\[(\d+\.\d{3})\] 64 bytes from/gm)]
      .map(([, seconds]) => Number(seconds)),
    ...json.stdout.trim().split("\n").map((line) => JSON.parse(line))
      .filter(({ type }) => type === "reply")
      .map(({ timestamp }) => timestamp),
  ];
  assertEquals(times.length, 6);
  for (const seconds of times) {
    const ms = Math.round(seconds * 1000);
    assert(before <= ms && ms <= after, `${before} ${ms} ${after}`);
  }
});

Deno.test("ping -q prints the summary alone", async () => {
  using echo = udpEcho();
  const { stdout } = await ping(echo.address, "-q", "-c2", "-i.01");
  assertMatch(stdout, /^--- udp:.* ping statistics ---\n2 sent, 2 received/);
});

for (
  const [options, drawn] of [
    [["-c30"], true],
    [["-c30", "--no-histogram"], false],
    [["-c5"], false],
  ] as const
) {
  testWith(
    ["script", "sh"],
    `ping ${options.join(" ")} on a terminal draws ${
      drawn ? "a" : "no"
    } histogram`,
    async () => {
      using echo = udpEcho();
      const command = [
        ...mynahCommand(),
        ...["ping", "-q", "-i.001", ...options, url(echo.address)],
      ];
      const { text } = await run(onTerminal(command));
      assertMatch(text, /ping statistics/);
      assertEquals(text.includes("█"), drawn, text);
    },
  );
}
