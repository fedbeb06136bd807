import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { type Finished, Mynah, mynahCommand, runMynah } from "./mynah.ts";
import { run, testWith } from "./programs.ts";
import {
  drain,
  nobody,
  send,
  tcpEcho,
  tcpServer,
  udpEcho,
  udpServer,
} from "./servers.ts";

function url({ transport, hostname, port }: Deno.NetAddr): string {
  return `${transport}://${hostname}:${port}`;
}

function ping(address: Deno.NetAddr, ...args: string[]): Promise<Finished> {
  return runMynah(["ping", ...args, url(address)]);
}

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

Deno.test("ping over TCP says that it cannot reach a closed port", async () => {
  const address = nobody("tcp");
  const { code, stdout, stderr } = await ping(address, "-c1");
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    `mynah: Cannot reach "${url(address)}": connection refused\n`,
  );
});

Deno.test("ping says that there is no such name, also in JSON", async () => {
  const target = "udp://nobody.invalid:7";
  const { code, stdout, stderr } = await runMynah(["ping", "--json", target]);
  assertEquals(code, 2);
  const reason = `Cannot reach "${target}": no such host name`;
  assertEquals(stderr, `mynah: ${reason}\n`);
  assertEquals(JSON.parse(stdout), {
    mynah_ping: 1,
    type: "error",
    target,
    reason,
  });
});

Deno.test("ping over UDP reports every message to a closed port as lost", async () => {
  const { code, stdout } = await ping(nobody("udp"), "-c2", "-i.01", "-W.1");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "\nno answer within 100ms: seq=2\n");
  assertStringIncludes(stdout, "\n2 sent, 0 received, 100% loss, time ");
});

Deno.test("ping reports what is too long to be sent, and that it could not run", async () => {
  const { code, stdout } = await ping(nobody("udp"), "-c1", "-s65508");
  assertEquals(code, 2);
  assertStringIncludes(stdout, "\nmessage too long: seq=1\n");
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

Deno.test("ping --connect reports each connection that is refused", async () => {
  const { code, stdout } = await ping(
    nobody("tcp"),
    "-c2",
    "-i.01",
    "--connect",
  );
  assertEquals(code, 1);
  assertStringIncludes(stdout, "\nconnection refused: seq=2\n");
});

Deno.test("ping ends at the deadline when the server accepts and never answers", async () => {
  using server = tcpServer(drain);
  const start = performance.now();
  const { code, stdout } = await ping(server.address, "-w2", "-i.05");
  assert(performance.now() - start < 20_000);
  assertEquals(code, 1);
  assertMatch(stdout, /\n\d+ sent, 0 received, 100% loss/);
});

Deno.test("ping ends at the deadline when the server does not even read", async () => {
  using server = tcpServer(() => new Promise(() => {}));
  const { code, stdout } = await ping(
    server.address,
    "-w3",
    "--rate=200",
    "-s1000000",
  );
  assertEquals(code, 1);
  assertMatch(stdout, /, 0 received, 100% loss/);
});

Deno.test("ping says when the server closes early, and ends", async () => {
  using server = tcpServer(async (connection) => {
    const buffer = new Uint8Array(64);
    await connection.read(buffer);
    await send(connection, buffer);
    await connection.read(buffer);
  });
  const { code, stdout } = await ping(server.address, "-i.01");
  assertEquals(code, 1);
  assertMatch(
    stdout,
    /: seq=1 time=[\d.]+ ms\nconnection closed by the other side\n/,
  );
  assertStringIncludes(stdout, "\n1 closed by the other side\n");
});

Deno.test("ping shows a greeting for what it is, and measures what follows", async () => {
  using server = tcpServer(async (connection) => {
    await send(connection, "220 hi\x1b[2J\r\n");
    const buffer = new Uint8Array(1000);
    for (let n; (n = await connection.read(buffer)) !== null;) {
      await send(connection, buffer.subarray(0, n));
    }
  });
  const { code, stdout } = await ping(server.address, "-c2", "-i.05");
  assertEquals(code, 0);
  assertMatch(
    stdout,
    /\n12 bytes from .*: not ours: "220 hi\\u\{1b\}\[2J\\r\\n"\n/,
  );
  assertStringIncludes(stdout, "\n2 sent, 2 received, 0% loss");
});

Deno.test("ping waits for a server that sends byte by byte", async () => {
  using server = tcpServer(async (connection) => {
    connection.setNoDelay(true);
    const buffer = new Uint8Array(64);
    for (let n; (n = await connection.read(buffer)) !== null;) {
      for (const byte of buffer.subarray(0, n)) {
        await send(connection, new Uint8Array([byte]));
      }
    }
  });
  const { code, stdout } = await ping(server.address, "-c3", "-i.01");
  assertEquals(code, 0, stdout);
});

Deno.test("ping tells junk over UDP from replies", async () => {
  using server = udpServer(() => new TextEncoder().encode("what?"));
  const { code, stdout } = await ping(server.address, "-c1", "-W1");
  assertEquals(code, 1);
  assertStringIncludes(stdout, ': not ours: "what?"\n');
});

Deno.test("ping says what is wrong with a message that was cut", async () => {
  using server = udpServer((datagram) => datagram.subarray(0, 60));
  const { code, stdout } = await ping(server.address, "-c1");
  assertEquals(code, 1);
  assertStringIncludes(stdout, " ms (DAMAGED: 60 of 64 bytes came back)\n");
});

Deno.test("ping --mtu finds the largest datagram that comes back unchanged", async () => {
  using cutting = udpServer((datagram) => datagram.subarray(0, 1472));
  const { code, stdout } = await ping(cutting.address, "--mtu");
  assertEquals(code, 0);
  assertStringIncludes(stdout, "\n1473 bytes: 1472 of 1473 bytes came back\n");
  assertStringIncludes(
    stdout,
    "\nThe largest datagram that came back unchanged: 1472 bytes (1500 with IP and UDP headers)\n",
  );
});

Deno.test("ping --mtu asks three times before it takes a size for too large", async () => {
  const asked = new Map<number, number>();
  using server = udpServer((datagram) => {
    const times = (asked.get(datagram.length) ?? 0) + 1;
    asked.set(datagram.length, times);
    return times < 3 ? undefined : datagram.subarray(0, 100);
  });
  const { stdout } = await ping(
    server.address,
    "--mtu",
    "--json",
    "-q",
    "-W.3",
  );
  assertEquals(JSON.parse(stdout).bytes, 100);
});

Deno.test("ping --mtu says that nothing came back", async () => {
  const { code, stdout } = await ping(nobody("udp"), "--mtu", "-W.05");
  assertEquals(code, 1);
  assertEquals(stdout.split("\n").slice(1), [
    "64 bytes: no answer, 3 times",
    "",
    "Nothing came back",
    "",
  ]);
});

Deno.test("ping's exit code says in a script whether the thresholds are kept", async () => {
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
});

Deno.test("Ctrl-C ends a ping with its summary", async () => {
  using echo = tcpEcho();
  const [program, ...args] = mynahCommand();
  const child = new Deno.Command(program, {
    args: [...args, "ping", "-i.01", url(echo.address)],
    cwd: new URL("..", import.meta.url),
    stdout: "piped",
  }).spawn();
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const before = printed;
    printed += text;
    if (!before.includes("seq=3") && printed.includes("seq=3")) {
      child.kill("SIGINT");
    }
  }
  assertEquals((await child.status).code, 0);
  assertMatch(printed, /\n(\d+) sent, \1 received, 0% loss, time \d+ ms\n/);
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
    const command = [...mynahCommand(), "ping", "--rate=200", "--duration=2"]
      .join(" ");
    const { text } = await run(
      ["script", "-qec", `${command} ${url(echo.address)}`, "/dev/null"],
    );
    const lines = text.replaceAll("\r\x1b[K", "\n<cleared>");
    assertMatch(lines, /\n<cleared>1 s: \d+ sent, \d+ received, /);
    assertMatch(lines, /\n<cleared>\r?\n--- udp/);
    assertMatch(text, / ms {2}█+ +\d+ [\d.]+%\r?\n/);
  },
);
