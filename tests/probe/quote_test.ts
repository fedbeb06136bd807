import { assertEquals } from "@std/assert";
import { Mynah } from "../support/mynah.ts";
import { runMynah } from "../support/cli.ts";
import {
  drain,
  nobody,
  send,
  type Server,
  tcpServer,
  udpEcho,
  udpServer,
} from "../support/servers.ts";

const TEXT = new TextEncoder();

function hostPort({ address: { hostname, port } }: Server): string {
  return `${hostname}:${port}`;
}

for (const transport of ["tcp", "udp"] as const) {
  Deno.test(`quote prints the quote of mynah over ${transport}`, async () => {
    await using mynah = await Mynah.configured(`
services:
  - name: quotes
    type: qotd
    listen: [${transport}://127.0.0.1:0]
    quotes: { inline: ["To be\\n\\tor not to be"] }
`);
    const { hostname, port } = mynah.address(transport);
    const options = transport === "udp" ? ["-u"] : [];
    assertEquals(await runMynah(["quote", ...options, `${hostname}:${port}`]), {
      code: 0,
      stdout: "To be\n\tor not to be\n",
      stderr: "",
    });
    const url = `${transport}://${hostname}:${port}`;
    assertEquals((await runMynah(["quote", url])).code, 0);
  });
}

Deno.test("quote shows control characters, and does not obey them", async () => {
  const nasty = "\x1b]0;owned\x07bell\x1b[2J\r\nnext\0";
  using tcp = tcpServer((connection) => send(connection, nasty));
  using udp = udpServer(() => TEXT.encode(nasty));
  const stdout = "\\u{1b}]0;owned\\u{7}bell\\u{1b}[2J\nnext\\u{0}\n";
  for (const args of [[hostPort(tcp)], ["-u", hostPort(udp)]]) {
    const expected = { code: 0, stdout, stderr: "" };
    assertEquals(await runMynah(["quote", ...args]), expected);
  }
});

Deno.test("quote waits for a server that sends slowly", async () => {
  using server = tcpServer(async (connection) => {
    connection.setNoDelay(true);
    for (const letter of "slow but sure") await send(connection, letter);
  });
  const { code, stdout } = await runMynah(["quote", hostPort(server)]);
  assertEquals([code, stdout], [0, "slow but sure\n"]);
});

/** What goes wrong, and what is said about it. */
const FAILURES: Readonly<
  Record<string, {
    server: () => Server;
    stdout?: string;
    says: (target: string) => string;
  }>
> = {
  "a TCP server that never answers": {
    server: () => tcpServer(drain),
    says: (target) =>
      `Cannot get a quote from "tcp://${target}": no answer within 300ms`,
  },
  "a UDP server that never answers": {
    server: () => udpServer(() => undefined),
    says: (target) =>
      `Cannot get a quote from "udp://${target}": no answer within 300ms`,
  },
  "a server that stops in the middle": {
    server: () =>
      tcpServer(async (connection) => {
        await send(connection, "To be, or");
        await drain(connection);
      }),
    stdout: "To be, or\n",
    says: () => "The quote may not be whole: no end within 300ms",
  },
  "a server that never stops": {
    server: () =>
      tcpServer(async (connection) => {
        while (true) await send(connection, "x".repeat(1024));
      }),
    stdout: "x".repeat(65536) + "\n",
    says: () => "The quote may not be whole: more than 65536 bytes",
  },
  "a server that closes at once": {
    server: () => tcpServer(() => {}),
    says: (target) =>
      `Cannot get a quote from "tcp://${target}": connection closed without one`,
  },
  "a server that sends an empty datagram": {
    server: () => udpServer(() => new Uint8Array()),
    says: (target) =>
      `Cannot get a quote from "udp://${target}": an empty datagram`,
  },
  "a server that echoes": {
    server: () => udpEcho(),
    says: (target) =>
      `Cannot get a quote from "udp://${target}": nothing but white space`,
  },
};

for (const [name, { server, stdout = "", says }] of Object.entries(FAILURES)) {
  Deno.test(`quote says what is wrong with ${name}`, async () => {
    using running = server();
    const target = hostPort(running);
    const udp = running.address.transport === "udp" ? ["-u"] : [];
    // What does not wait for the time-out has time enough.
    const timeout = says(target).includes("300ms") ? ".3" : "20";
    const ran = await runMynah(["quote", ...udp, "-W", timeout, target]);
    assertEquals(ran, {
      code: 69,
      stdout,
      stderr: `mynah: ${says(target)}\n`,
    });
  });
}

Deno.test("quote says that nobody is there", async () => {
  const { hostname, port } = nobody("tcp");
  const target = `${hostname}:${port}`;
  const { code, stderr } = await runMynah(["quote", target]);
  assertEquals(code, 69);
  assertEquals(
    stderr,
    `mynah: Cannot reach "tcp://${target}": connection refused\n`,
  );
});

Deno.test("quote asks again when a datagram gets lost", async () => {
  let asked = 0;
  using server = udpServer(() =>
    ++asked === 1 ? undefined : TEXT.encode("again")
  );
  const { code, stdout } = await runMynah([
    "quote",
    "-u",
    "-W9",
    hostPort(server),
  ]);
  assertEquals([code, stdout], [0, "again\n"]);
});

Deno.test("quote without a target is wrong usage", async () => {
  const { code, stderr } = await runMynah(["quote"]);
  assertEquals(code, 64);
  assertEquals(
    stderr,
    'mynah: A target is missing, such as "127.0.0.1" or "127.0.0.1:17"\nTry "mynah quote --help".\n',
  );
});
