import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ADDRESSES, counter, MemoryStream } from "../../tests/support/fakes.ts";
import { qotd } from "./qotd.ts";
import { OptionError, type Service } from "./service.ts";

function decode(bytes: Uint8Array | null): string {
  return new TextDecoder().decode(bytes ?? undefined);
}

/** Makes the service; the file that it reads, if any, holds `content`. */
async function create(
  quotes: Record<string, unknown> | undefined,
  content: string | Uint8Array = "",
): Promise<Service> {
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  return await qotd.create({ quotes }, {
    readFile: () => Promise.resolve(bytes),
    count: counter(),
    service: "test",
    labels: {},
  });
}

async function assertRefused(
  quotes: Record<string, unknown>,
  content: string | Uint8Array,
  [path, message]: [string, string],
): Promise<void> {
  const error = await assertRejects(
    () => create(quotes, content),
    OptionError,
    message,
  );
  assertEquals(error.path, ["quotes", path]);
}

Deno.test("qotd sends one quote over TCP without waiting for a word", async () => {
  const service = await create({ inline: ["one"] });
  const stream = new MemoryStream([new Uint8Array(9)]);
  await service.stream(stream);
  assertEquals(decode(stream.written), "one\r\n");
  assertEquals(stream.offered, []);
});

Deno.test("qotd answers any datagram, an empty one too, with one quote", async () => {
  const service = await create({ inline: ["one", "two"], pick: "sequential" });
  assertEquals(
    decode(
      service.datagram!(new Uint8Array(), ADDRESSES.client, ADDRESSES.local),
    ),
    "one\r\n",
  );
  assertEquals(
    decode(
      service.datagram!(
        new Uint8Array(65_507),
        ADDRESSES.client,
        ADDRESSES.local,
      ),
    ),
    "two\r\n",
  );
});

Deno.test("qotd takes its turns from one list for TCP and UDP", async () => {
  const service = await create({ inline: ["one", "two"], pick: "sequential" });
  service.datagram!(new Uint8Array(), ADDRESSES.client, ADDRESSES.local);
  const stream = new MemoryStream();
  await service.stream(stream);
  assertEquals(decode(stream.written), "two\r\n");
});

Deno.test("qotd reads a fortune file unless told that it is one of lines", async () => {
  const content = "one\n%\ntwo\n";
  assertEquals(
    (await create({ file: "q" }, content)).summary,
    "2 quotes, daily",
  );
  const lines = await create(
    { file: "q", format: "lines", pick: "random" },
    content,
  );
  assertEquals(lines.summary, "3 quotes, random");
});

Deno.test("qotd reads the file that the config names, once", async () => {
  const read: (string | URL)[] = [];
  const service = await qotd.create({ quotes: { file: "sub/q.txt" } }, {
    readFile(file) {
      read.push(file);
      return Promise.resolve(new TextEncoder().encode("one"));
    },
    count: counter(),
    service: "test",
    labels: {},
  });
  service.datagram!(new Uint8Array(), ADDRESSES.client, ADDRESSES.local);
  service.datagram!(new Uint8Array(), ADDRESSES.client, ADDRESSES.local);
  assertEquals(read, ["sub/q.txt"]);
});

Deno.test("qotd without a quotes section serves those that come with the program", async () => {
  const service = await qotd.create({}, {
    readFile(file) {
      assertInstanceOf(file, URL);
      return Deno.readFile(file);
    },
    count: counter(),
    service: "test",
    labels: {},
  });
  assertEquals(service.warnings, []);
  assertEquals(
    decode(
      service.datagram!(new Uint8Array(), ADDRESSES.client, ADDRESSES.local),
    ).endsWith("\r\n"),
    true,
  );
});

Deno.test("qotd counts the quotes that it leaves out for their length", async () => {
  const long = "x".repeat(600);
  const one = await create({ inline: ["a", long] });
  assertEquals(one.summary, "1 quote, daily");
  assertEquals(one.warnings, [
    "1 quote left out: longer than 511 bytes (RFC 865)",
  ]);
  const { warnings } = await create({ inline: ["a", long, long] });
  assertEquals(warnings, [
    "2 quotes left out: longer than 511 bytes (RFC 865)",
  ]);
});

Deno.test("qotd refuses a file without a quote that it could send", async () => {
  const long = "x".repeat(600);
  for (const content of ["", "%\n%\n", "\n \n"]) {
    await assertRefused({ file: "q" }, content, ["file", "holds no quotes"]);
  }
  await assertRefused({ file: "q" }, long, ["file", "more than 511 bytes"]);
  await assertRefused({ inline: [long] }, "", [
    "inline",
    "more than 511 bytes",
  ]);
});

Deno.test("qotd refuses a file that is not text", async () => {
  const latin1 = Uint8Array.of(0x61, 0x0a, 0xe9, 0x0a);
  await assertRefused({ file: "q" }, latin1, [
    "file",
    "invalid byte in line 2",
  ]);
  await assertRefused({ file: "q" }, "a\0", ["file", "NUL byte in line 1"]);
});

Deno.test("qotd says why a file cannot be read", async () => {
  const error = await assertRejects(
    async () =>
      await qotd.create({ quotes: { file: "q" } }, {
        readFile: () => Promise.reject(new Error("is a folder")),
        count: counter(),
        service: "test",
        labels: {},
      }),
    OptionError,
    "is a folder",
  );
  assertEquals(error.path, ["quotes", "file"]);
});
