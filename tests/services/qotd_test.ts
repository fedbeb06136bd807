import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  connect,
  exchangeUdp,
  pseudoRandomBytes,
  readAll,
  UdpClient,
  writeAll,
} from "../support/clients.ts";
import { Mynah, services } from "../support/mynah.ts";
import { TempFolder } from "../support/temp_folder.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const empty = new Uint8Array();

const LISTEN = ["tcp://127.0.0.1:0", "udp://127.0.0.1:0"];

/** Serves quotes as a config file's `quotes` section says, over TCP and UDP. */
function serveQuotes(quotes: Record<string, unknown>): Promise<Mynah> {
  // What is JSON is YAML too.
  return Mynah.configured({
    services: [{ name: "quotes", type: "qotd", listen: LISTEN, quotes }],
  });
}

/** Serves the quotes of a file that is gone once mynah is ready. */
async function serveFile(
  text: string,
  quotes: Record<string, unknown>,
): Promise<Mynah> {
  using folder = new TempFolder();
  const file = folder.write("quotes.txt", text);
  return await serveQuotes({ file, pick: "sequential", ...quotes });
}

async function askTcp(mynah: Mynah): Promise<string> {
  using connection = await connect(mynah.address("tcp"));
  return decoder.decode(await readAll(connection));
}

async function askUdp(mynah: Mynah): Promise<string> {
  return decoder.decode(await exchangeUdp(mynah.address("udp"), empty));
}

async function askTimes(mynah: Mynah, times: number): Promise<string[]> {
  const quotes: string[] = [];
  while (quotes.length < times) quotes.push(await askUdp(mynah));
  return quotes;
}

Deno.test("qotd sends quotes as RFC 865 has them, over TCP and UDP", async () => {
  await using mynah = await serveQuotes({ pick: "sequential" });
  for (let i = 0; i < 50; i++) {
    for (const quote of [await askTcp(mynah), await askUdp(mynah)]) {
      const { length } = new TextEncoder().encode(quote);
      assert(length > 2 && length < 512, `${length} bytes`);
      assert(quote.endsWith("\r\n"), quote);
      assert(!/[^\r]\n|\r[^\n]|\0/.test(quote), JSON.stringify(quote));
    }
  }
});

Deno.test("qotd gives a client that talks first its whole quote and a clean end", async () => {
  const quote = "Nobody ever listens.".repeat(20);
  await using mynah = await serveQuotes({ inline: [quote] });
  for (let i = 0; i < 20; i++) {
    using connection = await connect(mynah.address("tcp"));
    await writeAll(connection, pseudoRandomBytes(100_000));
    assertEquals(decoder.decode(await readAll(connection)), `${quote}\r\n`);
  }
  await mynah.line(/connection ended .*bytes_in=100000 bytes_out=402 /);
});

Deno.test("qotd does not wait for ever for a client that stays", async () => {
  await using mynah = await Mynah.serve(services("qotd=tcp://127.0.0.1:0"));
  using _silent = await connect(mynah.address("tcp"));
  await mynah.line(/connection ended .*bytes_in=0 .*reason=done/);
});

Deno.test("qotd does not listen for ever to a client that only talks", async () => {
  await using mynah = await Mynah.serve(services("qotd=tcp://127.0.0.1:0"));
  using connection = await connect(mynah.address("tcp"));
  const bytes = pseudoRandomBytes(100_000);
  await assertRejects(async () => {
    while (true) await writeAll(connection, bytes);
  });
  const line = await mynah.line(/connection ended/);
  const heard = Number(/bytes_in=(\d+)/.exec(line)?.[1]);
  assert(heard < 1_000_000, `${heard} bytes`);
});

Deno.test("qotd picks the same quote all day", async () => {
  const inline = Array.from({ length: 100 }, (_, i) => `quote ${i}`);
  await using mynah = await serveQuotes({ inline, pick: "daily" });
  let day: number;
  let quotes: Set<string>;
  do {
    day = new Date().getUTCDate();
    quotes = new Set([...await askTimes(mynah, 10), await askTcp(mynah)]);
  } while (day !== new Date().getUTCDate());
  assertEquals(quotes.size, 1);
});

Deno.test("qotd picks quotes in order, and begins again", async () => {
  await using mynah = await serveQuotes({
    inline: ["one", "two", "three"],
    pick: "sequential",
  });
  assertEquals(await askTcp(mynah), "one\r\n");
  assertEquals(await askTimes(mynah, 3), ["two\r\n", "three\r\n", "one\r\n"]);
  assertEquals(await askTcp(mynah), "two\r\n");
});

Deno.test("qotd picks quotes at random", async () => {
  const inline = ["one", "two", "three"];
  await using mynah = await serveQuotes({ inline, pick: "random" });
  const quotes = await askTimes(mynah, 200);
  assertEquals(
    [...new Set(quotes)].sort(),
    inline.map((quote) => `${quote}\r\n`).sort(),
  );
});

Deno.test("qotd keeps UTF-8, and the lines of a fortune file", async () => {
  await using mynah = await serveFile(
    "Übermut tut selten gut.\n\t-- Volksmund\n%\n二\r\n行\r\n%\n🐦\n%\n",
    { format: "fortune" },
  );
  assertEquals(await askTimes(mynah, 4), [
    "Übermut tut selten gut.\r\n\t-- Volksmund\r\n",
    "二\r\n行\r\n",
    "🐦\r\n",
    "Übermut tut selten gut.\r\n\t-- Volksmund\r\n",
  ]);
});

Deno.test("qotd takes a file of lines", async () => {
  await using mynah = await serveFile("eins\n%\n\nzwölf\r\ndrei", {
    format: "lines",
  });
  assertEquals(await askTimes(mynah, 5), [
    "eins\r\n",
    "%\r\n",
    "zwölf\r\n",
    "drei\r\n",
    "eins\r\n",
  ]);
});

Deno.test("qotd leaves out quotes of 512 bytes, and says so", async () => {
  const longest = "é".repeat(254) + "!";
  await using mynah = await serveFile(`${longest}\n${longest}!\nshort`, {
    format: "lines",
  });
  await mynah.line(/warn .*1 quote left out: longer than 511 bytes/);
  assertEquals(await askTimes(mynah, 3), [
    `${longest}\r\n`,
    "short\r\n",
    `${longest}\r\n`,
  ]);
});

Deno.test("qotd suits the tutorials' TCP client, which reads four bytes at a time", async () => {
  const quote = "It is a capital mistake to theorize before one has data.";
  await using mynah = await serveQuotes({ inline: [quote] });
  using connection = await connect(mynah.address("tcp"));
  let text = "";
  const buffer = new Uint8Array(4);
  for (let n; (n = await connection.read(buffer)) !== null;) {
    text += new TextDecoder().decode(buffer.subarray(0, n));
  }
  assertEquals(text, `${quote}\r\n`);
});

Deno.test("qotd suits the tutorials' UDP client, which sends a datagram and waits for one", async () => {
  await using mynah = await serveQuotes({ inline: ["Speak, friend."] });
  using client = new UdpClient(mynah.address("udp"));
  await client.send(new TextEncoder().encode("give me a quote"));
  assertEquals(decoder.decode(await client.receive()), "Speak, friend.\r\n");
});
