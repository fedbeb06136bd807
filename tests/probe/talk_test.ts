import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { talk as converse } from "../../src/probe/talk.ts";
import { Mynah } from "../support/mynah.ts";
import { mynahCommand, runMynah } from "../support/cli.ts";
import { onTerminal, run } from "../support/programs.ts";
import {
  drain,
  nobody,
  send,
  type Server,
  tcpEcho,
  tcpServer,
  udpEcho,
  udpServer,
} from "../support/servers.ts";
import { testWith } from "../support/needs.ts";

const LINES = "one\ntwo\nthree\n";

function talk(
  server: Pick<Server, "address">,
  stdin: string,
  ...args: string[]
) {
  const { transport, hostname, port } = server.address;
  const target = `${transport}://${hostname}:${port}`;
  return runMynah(["talk", ...args, target], { stdin });
}

for (const transport of ["tcp", "udp"] as const) {
  Deno.test(`talk in a pipe prints what mynah echoes over ${transport}, and ends`, async () => {
    const service = `echo=${transport}://127.0.0.1:0`;
    await using mynah = await Mynah.serve(["--service", service]);
    const { hostname, port } = mynah.address(transport);
    const target = `${transport}://${hostname}:${port}`;
    assertEquals(await runMynah(["talk", target], { stdin: LINES }), {
      code: 0,
      stdout: LINES,
      stderr: "",
    });
  });
}

Deno.test("talk sends the last line as it is, without a line break", async () => {
  using tcp = tcpEcho();
  using udp = udpEcho();
  for (const server of [tcp, udp]) {
    assertEquals((await talk(server, "one\ntwo")).stdout, "one\ntwo");
  }
});

Deno.test("talk sends a datagram for each line", async () => {
  const datagrams: string[] = [];
  using server = udpServer((datagram) => {
    datagrams.push(new TextDecoder().decode(datagram));
    return datagram;
  });
  assertEquals((await talk(server, LINES)).stdout, LINES);
  assertEquals(datagrams, ["one\n", "two\n", "three\n"]);
});

Deno.test("talk carries a megabyte through", async () => {
  using server = tcpEcho();
  const text = "0123456789abcde\n".repeat(65536);
  const { hostname, port } = server.address;
  const target = `tcp://${hostname}:${port}`;
  const ran = await run([...mynahCommand(), "talk", target], text);
  assertEquals(ran.code, 0);
  assert(ran.text === text, `${ran.text.length} of ${text.length} came back`);
});

Deno.test("talk prints lines as they were sent: CRLF and a byte order mark stay", async () => {
  using tcp = tcpEcho();
  using udp = udpEcho();
  const text = "\ufeffone\r\ntwo\r\n\n";
  for (const { address: { transport, hostname, port } } of [tcp, udp]) {
    const target = `${transport}://${hostname}:${port}`;
    const ran = await run([...mynahCommand(), "talk", target], text);
    assertEquals(ran.code, 0);
    assertEquals(ran.stdout, new TextEncoder().encode(text));
  }
});

Deno.test("talk sends no more datagrams at once than come back: 20000 lines have 20000 answers", async () => {
  using server = udpEcho();
  const text = Array.from({ length: 20_000 }, (_, i) => `${i}\n`).join("");
  const { code, stdout, stderr } = await talk(server, text);
  assertEquals([code, stderr], [0, ""]);
  assert(stdout === text, `${stdout.length} of ${text.length} came back`);
});

Deno.test("talk goes on after lost datagrams, and says how many there were", async () => {
  let asked = 0;
  using server = udpServer((datagram) =>
    ++asked % 2 === 0 ? undefined : datagram
  );
  const { hostname, port } = server.address;
  const { code, stdout, stderr } = await talk(
    server,
    "again\n".repeat(300),
    "-W.2",
  );
  assertEquals([code, stdout], [69, "again\n".repeat(150)]);
  assertEquals(
    stderr,
    `mynah: "udp://${hostname}:${port}": no answer to 150 of 300 lines\n`,
  );
});

Deno.test("talk leaves out a line that fits no datagram, and sends those after it", async () => {
  using server = udpEcho();
  const text = `one\n${"x".repeat(70_000)}\n${"y".repeat(9000)}\nlast`;
  const { code, stdout, stderr } = await talk(server, text);
  assertEquals([code, stdout], [69, `one\n${"y".repeat(9000)}\nlast`]);
  assertStringIncludes(
    stderr,
    "mynah: line 2 has 70001 bytes, more than the 65507 of a datagram: it was not sent\n",
  );
});

testWith(
  ["bash", "yes"],
  "talk ends when nobody reads what it prints",
  async () => {
    using server = tcpEcho();
    const { hostname, port } = server.address;
    const script = 'yes | "$@" | head -n 1; exit "${PIPESTATUS[1]}"';
    const command = [...mynahCommand(), "talk", `${hostname}:${port}`];
    const ran = await run(["bash", "-c", script, "bash", ...command]);
    assertEquals([ran.code, ran.text, ran.stderr], [0, "y\n", ""]);
  },
);

Deno.test("talk -N half-closes at the end of the input, and reads on until the end", async () => {
  using server = tcpServer(async (connection) => {
    await drain(connection);
    await send(connection, "that was all\n");
  });
  const { code, stdout } = await talk(server, "hello\n", "-N");
  assertEquals([code, stdout], [0, "that was all\n"]);
});

Deno.test("talk -N does not wait for ever for the other side to close", async () => {
  using server = tcpServer(async (connection) => {
    await send(connection, "hello\n");
    await new Promise(() => {});
  });
  const { code, stdout, stderr } = await talk(server, "", "-N", "-W1");
  assertEquals([code, stdout], [69, "hello\n"]);
  assertStringIncludes(stderr, "connection not closed within 1s\n");
});

Deno.test("talk shows control characters, and does not obey them", async () => {
  using server = tcpEcho();
  const { stdout } = await talk(server, "a\x1b[31mb\tc\r\nd\n");
  assertEquals(stdout, "a\\u{1b}[31mb\tc\r\nd\n");
});

Deno.test("talk ends when the other side closes", async () => {
  using server = tcpServer((connection) => send(connection, "bye\n"));
  assertEquals(await talk(server, ""), {
    code: 0,
    stdout: "bye\n",
    stderr: "",
  });
});

/** Holds a conversation in this process, and keeps what is printed. */
async function talkHere(
  { address: { hostname, port } }: Server,
  input: AsyncIterable<Uint8Array>,
): Promise<{ readonly printed: string; readonly problem?: string }> {
  let printed = "";
  const problem = await converse(
    { transport: "tcp", hostname, port },
    {
      input,
      print(text) {
        printed += text;
        return true;
      },
      complain() {},
      interactive: false,
    },
    { family: "any", timeoutMs: 20_000, halfClose: false },
  );
  return { printed, problem };
}

Deno.test("talk with nothing to say waits for what the other side says", async () => {
  const inputEnded = Promise.withResolvers<void>();
  const nothing = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.close();
      inputEnded.resolve();
    },
  });
  using server = tcpServer(async (connection) => {
    await inputEnded.promise;
    // A turn later than the end of the input is known.
    await new Promise((resolve) => setTimeout(resolve, 0));
    await send(connection, "bye\n");
  });
  assertEquals(await talkHere(server, nothing), {
    printed: "bye\n",
    problem: undefined,
  });
});

Deno.test("talk prints what came before the other side broke the connection", async () => {
  const closed = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1000);
    await closed.promise;
    while (true) yield new Uint8Array(1000);
  }
  using server = tcpServer(async (connection) => {
    await connection.read(new Uint8Array(1));
    await send(connection, "bye\n");
    connection.close(); // With unread input: that resets it.
    closed.resolve();
  });
  const { printed, problem } = await talkHere(server, endless());
  assertEquals(printed, "bye\n");
  assertMatch(
    `${problem}`,
    /^"tcp:\/\/127.*": connection (reset|closed|aborted)$/,
  );
});

Deno.test("talk -N is for TCP only", async () => {
  const { code, stderr } = await runMynah(["talk", "-N", "udp://[::1]:7"]);
  assertEquals(code, 64);
  assertStringIncludes(stderr, 'Option "--half-close" is for TCP only\n');
});

Deno.test("talk takes less than an echo for an answer, after a silence", async () => {
  using server = udpServer(() => new TextEncoder().encode("ok\n"));
  using short = tcpServer(async (connection) => {
    await connection.read(new Uint8Array(100));
    await send(connection, "ok\n");
    await drain(connection);
  });
  for (const one of [server, short]) {
    const ran = await talk(one, "a long line\n", "-W1");
    assertEquals(ran, { code: 0, stdout: "ok\n", stderr: "" });
  }
});

const SILENT: Readonly<Record<string, () => Server>> = {
  "a TCP server that reads and never answers": () => tcpServer(drain),
  "a TCP server that does not even read": () =>
    tcpServer(() => new Promise(() => {})),
  "a UDP server that never answers": () => udpServer(() => undefined),
};

for (const [name, server] of Object.entries(SILENT)) {
  Deno.test(`talk does not wait for ever for ${name}`, async () => {
    using silent = server();
    const { transport, hostname, port } = silent.address;
    assertEquals(await talk(silent, "x\n".repeat(1000), "-W.3"), {
      code: 69,
      stdout: "",
      stderr:
        `mynah: "${transport}://${hostname}:${port}": no answer within 300ms\n`,
    });
  });
}

Deno.test("talk says that nobody is there", async () => {
  const { code, stderr } = await talk({ address: nobody("tcp") }, "");
  assertEquals(code, 69);
  assertStringIncludes(stderr, ": connection refused\n");
});

testWith(
  ["script"],
  "talk on a terminal has a prompt for each line",
  async () => {
    using server = tcpEcho();
    const { hostname, port } = server.address;
    const command = [...mynahCommand(), "talk", `tcp://${hostname}:${port}`];
    const [script, ...args] = onTerminal(command);
    const child = new Deno.Command(script, {
      args,
      cwd: new URL("../..", import.meta.url),
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const input = child.stdin.getWriter();
    const type = (text: string) => input.write(new TextEncoder().encode(text));
    const answers = ["hello\r", "again\r", "\x04"];
    let printed = "";
    let prompts = 0;
    for await (
      const text of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      printed += text;
      while (printed.split("> ").length - 1 > prompts) {
        await type(answers[prompts++] ?? "");
      }
    }
    await input.close();
    assertEquals((await child.status).code, 0);
    // The terminal itself shows what is typed, once; the echo is the second.
    assertEquals(
      printed.replaceAll("\r", ""),
      "> hello\nhello\n> again\nagain\n> \n",
    );
  },
);
