import { assert, assertEquals, assertGreater } from "@std/assert";
import { mynahCommand, ping, url } from "../support/cli.ts";
import { inNewNetwork } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import {
  drain,
  fullServer,
  nobody,
  send,
  tcpEcho,
  tcpServer,
  udpEcho,
  udpServer,
} from "../support/servers.ts";
import { LINUX, NETWORK_NAMESPACE, testWith, UNIX } from "../support/needs.ts";

/** What was due, and what became of it, as `--json` has it. */
interface Figures {
  readonly due: number;
  readonly sent: number;
  readonly not_sent: number;
  readonly received: number;
  readonly lost: number;
  readonly loss_percent: number | null;
  readonly not_measured: number;
  readonly failed: number;
  readonly late: number;
  readonly damaged: number;
  readonly closed: number;
  readonly reasons: readonly {
    readonly figure: string;
    readonly reason: string;
    readonly count: number;
  }[];
}

/** Reads the summary, and holds it against the table in docs/probe.md. */
function figuresOf(stdout: string): Figures {
  const figures: Figures = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  const { due, sent, not_sent, received, lost, not_measured } = figures;
  assertEquals(due, sent + not_sent);
  assertEquals(due, received + lost + not_measured);
  const measured = received + lost;
  assertEquals(
    figures.loss_percent,
    measured === 0 ? null : 100 * lost / measured,
  );
  return figures;
}

/** Pings to the end, and sums up. */
async function pingAll(
  address: Deno.NetAddr,
  ...args: string[]
): Promise<Figures & { readonly code: number }> {
  const { code, stdout } = await ping(address, "-q", "--json", ...args);
  return { ...figuresOf(stdout), code };
}

testWith(
  [UNIX],
  "what a stopped ping did not measure is not lost",
  async () => {
    using echo = udpEcho();
    const [program, ...args] = mynahCommand();
    const child = new Deno.Command(program, {
      args: [
        ...[...args, "ping", "--json", "--rate=200", "--duration=3s"],
        url(echo.address),
      ],
      cwd: new URL("../..", import.meta.url),
      stdout: "piped",
    }).spawn();
    let printed = "";
    let stopped = false;
    for await (
      const text of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      printed += text;
      if (stopped || !printed.includes('"seq":50,')) continue;
      stopped = true;
      child.kill("SIGSTOP");
      setTimeout(() => child.kill("SIGCONT"), 1000);
    }
    await child.status;
    const { due, lost, not_measured, not_sent } = figuresOf(printed);
    assertEquals([due, lost], [600, 0]);
    assertGreater(not_sent, 100);
    assert(not_measured >= not_sent);
  },
);

Deno.test("answers that come all at once, more than a socket holds, are not lost", async () => {
  const held: (() => void)[] = [];
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  const serving = (async () => {
    for await (const [datagram, client] of socket) {
      const copy = datagram.slice();
      held.push(() => void socket.send(copy, client).catch(() => {}));
      if (held.length === 500) {
        for (const answer of held.splice(0)) answer();
      }
    }
  })();
  const { due, received, lost } = await pingAll(
    socket.addr as Deno.NetAddr,
    ...["--rate=500", "-c500", "-W5"],
  );
  socket.close();
  await serving;
  assertEquals([due, lost], [500, 0]);
  assertGreater(received, 0);
});

Deno.test("what a TCP server did not take is lost, and counted as not sent", async () => {
  const size = 100_000;
  using server = tcpServer(async (connection) => {
    const buffer = new Uint8Array(65_536);
    for (let left = 20 * size; left > 0;) {
      const most = buffer.subarray(0, Math.min(left, buffer.length));
      const n = await connection.read(most);
      if (n === null) return;
      await send(connection, buffer.subarray(0, n));
      left -= n;
    }
    await new Promise(() => {});
  });
  const { code, due, received, lost, not_sent, reasons } = await pingAll(
    server.address,
    ...[`-s${size}`, "-c200", "-i.005", "-W1", "--max-loss=50"],
  );
  assertEquals([code, due, received, lost], [1, 200, 20, 180]);
  assertEquals(reasons, [{
    figure: "not_sent",
    reason: "the connection took no more",
    count: not_sent,
  }]);
});

Deno.test("a TCP connection that breaks is made anew, and what was due meanwhile is lost", async () => {
  /** Echoes so many messages over one connection, then goes. */
  async function serve(listener: Deno.TcpListener, messages: number) {
    try {
      using connection = await listener.accept();
      const buffer = new Uint8Array(64);
      for (let i = 0; i < messages; i++) {
        const n = await connection.read(buffer);
        if (n === null) return;
        await send(connection, buffer.subarray(0, n));
      }
    } finally {
      listener.close();
    }
  }
  const first = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = first.addr;
  let second: Deno.TcpListener | undefined;
  const restart = serve(first, 5).then(() => {
    // The port stays free for as long as three messages are due.
    setTimeout(() => {
      second = Deno.listen({ hostname: "127.0.0.1", port: address.port });
      serve(second, 1000).catch(() => {}); // Closed when the test is over.
    }, 350);
  });
  const { code, due, received, lost, closed } = await pingAll(
    address,
    ...["-c24", "-i.1", "--max-loss=99"],
  );
  await restart;
  assertEquals([code, due, received + lost, closed], [1, 24, 24, 1]);
  assertGreater(lost, 0);
  assertGreater(received, 5);
});

for (const transport of ["tcp", "udp"] as const) {
  Deno.test(`over ${transport}, a rate that is too high ends on time, and says what was not sent`, async () => {
    using echo = transport === "tcp" ? tcpEcho() : udpEcho();
    const { due, not_sent, not_measured } = await pingAll(
      echo.address,
      ...["--rate=1000000", "--duration=1s", "-W.5"],
    );
    assertEquals(due, 1_000_000);
    assertGreater(not_sent, 0);
    assert(not_measured >= not_sent);
  });
}

Deno.test("at an interval, all that was due is in the figures", async () => {
  using echo = udpEcho();
  const { due } = await pingAll(echo.address, "-i.001", "--duration=1s");
  assertEquals(due, 1000);
});

for (const size of [0, 1, 3]) {
  Deno.test(`messages of ${size} bytes are counted, and have no times`, async () => {
    let asked = 0;
    using server = udpServer((datagram) =>
      ++asked === 1 ? undefined : datagram
    );
    const { stdout } = await ping(
      server.address,
      ...["--json", `-s${size}`, "-c10", "-i.02", "-W.5"],
    );
    const objects = stdout.trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    const { received, lost, rtt_ms } = objects.at(-1);
    assertEquals([received, lost, rtt_ms], [9, 1, null]);
    for (const { type, seq, time_ms } of objects) {
      if (type === "reply") assertEquals([seq, time_ms], [null, null]);
    }
  });
}

Deno.test("messages of 4 bytes have their own times, though one is lost", async () => {
  let asked = 0;
  using server = udpServer((datagram) => ++asked === 1 ? undefined : datagram);
  const { stdout } = await ping(
    server.address,
    ...["--json", "-s4", "-c5", "-i.02", "-W.5"],
  );
  const seqs = stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ type }) => type === "reply").map(({ seq }) => seq);
  assertEquals(seqs, [2, 3, 4, 5]);
});

testWith([LINUX], "a swallowed SYN is a timeout, every time", async () => {
  using server = await fullServer();
  const { stdout } = await ping(
    server.address,
    ...["--connect", "--json", "-c4", "-i.05", "-W.3"],
  );
  const types = stdout.trimEnd().split("\n").map((line) =>
    JSON.parse(line).type
  );
  assertEquals(types, [...Array(4).fill("timeout"), "summary"]);
  const { received, failed, lost } = figuresOf(stdout);
  assertEquals([received, failed, lost], [0, 0, 4]);
});

Deno.test("a damaged copy before the intact one costs nothing, and is counted", async () => {
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port: 0,
  });
  const serving = (async () => {
    for await (const [datagram, client] of socket) {
      const damaged = datagram.slice();
      damaged[20] ^= 1;
      for (const copy of [damaged, datagram]) await socket.send(copy, client);
    }
  })();
  const { code, received, damaged, lost } = await pingAll(
    socket.addr as Deno.NetAddr,
    ...["-c5", "-i.02"],
  );
  socket.close();
  await serving;
  assertEquals([code, received, damaged, lost], [0, 5, 5, 0]);
});

Deno.test("the summary says why nothing came back, in every form", async () => {
  const address = nobody("udp");
  const args = ["-c2", "-i.01", "-s65508"];
  const text = await ping(address, "-q", ...args);
  assert(text.stdout.includes("\n2 failed: message too long\n"), text.stdout);
  const { failed, lost, reasons } = await pingAll(address, ...args);
  assertEquals([failed, lost], [2, 2]);
  assertEquals(reasons, [
    { figure: "failed", reason: "message too long", count: 2 },
  ]);
  const metrics = await ping(address, "--prometheus", ...args);
  const target = `target="${url(address)}"`;
  for (
    const line of [
      `mynah_ping_failed{${target}} 2`,
      `mynah_ping_reasons{${target},figure="failed",reason="message too long"} 2`,
    ]
  ) assert(metrics.stdout.includes(`\n${line}\n`), metrics.stdout);
});

testWith(
  [NETWORK_NAMESPACE],
  "the summary says that the network is unreachable",
  async () => {
    const { code, text } = await run([
      ...[...inNewNetwork(), ...mynahCommand()],
      ...["ping", "-q", "-c2", "-i.01", "udp://192.0.2.1:7"],
    ]);
    assertEquals(code, 2);
    assert(text.includes("\n2 failed: network unreachable\n"), text);
  },
);

Deno.test("--connect says in its summary what was refused", async () => {
  const { failed, reasons } = await pingAll(
    nobody("tcp"),
    ...["--connect", "-c2", "-i.01"],
  );
  assertEquals(failed, 2);
  assertEquals(reasons, [
    { figure: "failed", reason: "connection refused", count: 2 },
  ]);
});

Deno.test("every message that a silent TCP server took is lost", async () => {
  using server = tcpServer(drain);
  const { code, sent, lost } = await pingAll(
    server.address,
    ...["-c5", "-i.01", "-W.2"],
  );
  assertEquals([code, sent, lost], [1, 5, 5]);
});
