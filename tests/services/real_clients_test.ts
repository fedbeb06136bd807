import { assertEquals, assertMatch } from "@std/assert";
import { assertBytes } from "../support/assertions.ts";
import { pseudoRandomBytes } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { converse, run } from "../support/programs.ts";
import { testWith } from "../support/needs.ts";

const HOST = "127.0.0.1";
const LINE = "the quick brown fox\n";
const QUOTE = "Vögel, die morgens singen, holt am Abend die Katz.\n\t-- Anon.";
const SENT_QUOTE =
  "Vögel, die morgens singen, holt am Abend die Katz.\r\n\t-- Anon.\r\n";
/** More than the buffers on the way hold, so that it takes both directions at once, and ends only with a half-close. */
const LARGE = pseudoRandomBytes(10_000_000);

/** Calls a function with the ports of an echo and a quote, each the same for TCP and UDP. */
async function withMynah(
  use: (
    ports: { echo: string; udpEcho: string; quotes: string; udpQuotes: string },
  ) => Promise<void>,
): Promise<void> {
  const listen = [`tcp://${HOST}:0`, `udp://${HOST}:0`];
  await using mynah = await Mynah.configured({
    services: [
      { name: "echo", type: "echo", listen },
      { name: "quotes", type: "qotd", listen, quotes: { inline: [QUOTE] } },
    ],
  });
  const [echo, udpEcho, quotes, udpQuotes] = mynah.addresses.map(({ port }) =>
    `${port}`
  );
  await use({ echo, udpEcho, quotes, udpQuotes });
}

testWith(
  ["nc"],
  "nc gets its bytes and its quote over TCP",
  () =>
    withMynah(async ({ echo, quotes }) => {
      const { stdout } = await run(["nc", "-N", HOST, echo], LARGE);
      assertBytes(stdout, LARGE);
      const { text } = await run(["nc", HOST, quotes]);
      assertEquals(text, SENT_QUOTE);
    }),
);

testWith(
  ["nc"],
  "nc gets its datagram and its quote over UDP",
  () =>
    withMynah(async ({ udpEcho, udpQuotes }) => {
      const nc = ["nc", "-u", "-w", "1", HOST];
      const answers = [
        run([...nc, udpEcho], LINE),
        run([...nc, udpQuotes], LINE),
      ];
      const [echo, quote] = await Promise.all(answers);
      assertEquals(echo.text, LINE);
      assertEquals(quote.text, SENT_QUOTE);
    }),
);

testWith(
  ["socat"],
  "socat gets its bytes, after a half-close too, and its quote over TCP",
  () =>
    withMynah(async ({ echo, quotes }) => {
      const { stdout } = await run([
        "socat",
        "-t",
        "15",
        "-",
        `TCP:${HOST}:${echo}`,
      ], LARGE);
      assertBytes(stdout, LARGE);
      const { text } = await run([
        "socat",
        "-t",
        "15",
        "-",
        `TCP:${HOST}:${quotes}`,
      ], LINE);
      assertEquals(text, SENT_QUOTE);
    }),
);

testWith(
  ["socat"],
  "socat gets its datagram and its quote over UDP",
  () =>
    withMynah(async ({ udpEcho, udpQuotes }) => {
      const ask = (port: string) =>
        run(["socat", "-t", "1", "-", `UDP:${HOST}:${port}`], LINE);
      const [echo, quote] = await Promise.all([ask(udpEcho), ask(udpQuotes)]);
      assertEquals(echo.text, LINE);
      assertEquals(quote.text, SENT_QUOTE);
    }),
);

testWith(
  ["ncat"],
  "ncat gets its bytes and its quote over TCP",
  () =>
    withMynah(async ({ echo, quotes }) => {
      const { stdout } = await run(["ncat", HOST, echo], LARGE);
      assertBytes(stdout, LARGE);
      const { text } = await run(["ncat", HOST, quotes]);
      assertEquals(text, SENT_QUOTE);
    }),
);

testWith(
  ["ncat"],
  "ncat gets its datagram and its quote over UDP",
  () =>
    withMynah(async ({ udpEcho, udpQuotes }) => {
      const ncat = ["ncat", "-u", HOST];
      assertEquals(await converse([...ncat, udpEcho], LINE, /fox/), LINE);
      assertEquals(
        await converse([...ncat, udpQuotes], LINE, /Anon/),
        SENT_QUOTE,
      );
    }),
);

testWith(
  ["telnet"],
  "telnet gets its line and its quote",
  () =>
    withMynah(async ({ echo, quotes }) => {
      assertMatch(
        await converse(["telnet", HOST, echo], LINE, /fox/),
        /^the quick brown fox\r?$/m,
      );
      assertMatch(
        await converse(["telnet", HOST, quotes], "", /closed/),
        /^Vögel.*Katz\.\r?\n\t-- Anon\.\r?$/m,
      );
    }),
);

testWith(
  ["busybox"],
  "BusyBox's nc gets its bytes and its quote over TCP",
  () =>
    withMynah(async ({ echo, quotes }) => {
      const { stdout } = await run(["busybox", "nc", HOST, echo], LARGE);
      assertBytes(stdout, LARGE);
      const { text } = await run(["busybox", "nc", HOST, quotes]);
      assertEquals(text, SENT_QUOTE);
    }),
);

testWith(
  ["python3"],
  "Python's sockets get their bytes, datagrams and quotes",
  () =>
    withMynah(async ({ echo, udpEcho, quotes, udpQuotes }) => {
      const { code, text, stderr } = await run([
        "python3",
        "-c",
        PYTHON,
        echo,
        udpEcho,
        quotes,
        udpQuotes,
      ]);
      assertEquals(code, 0, stderr);
      assertEquals(text, SENT_QUOTE);
    }),
);

/** As the tutorials have it. */
const PYTHON = `
import os, socket, sys
echo, udp_echo, quotes, udp_quotes = [("127.0.0.1", int(port)) for port in sys.argv[1:]]

with socket.create_connection(echo) as s:
    sent = os.urandom(100_000)
    s.sendall(sent)
    s.shutdown(socket.SHUT_WR)
    received = b""
    while data := s.recv(4096):
        received += data
    assert received == sent

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    for size in (0, 1, 1000, 65507):
        sent = os.urandom(size)
        s.sendto(sent, udp_echo)
        assert s.recvfrom(65536) == (sent, udp_echo)

with socket.create_connection(quotes) as s:
    quote = b""
    while data := s.recv(4):
        quote += data

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.sendto(b"", udp_quotes)
    assert s.recv(512) == quote

sys.stdout.buffer.write(quote)
`;
