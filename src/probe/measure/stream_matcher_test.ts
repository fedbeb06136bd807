import { assertEquals } from "@std/assert";
import type { ProbeEvent } from "./events.ts";
import { Ledger } from "./ledger.ts";
import { Messages } from "./message.ts";
import { StreamMatcher } from "./stream_matcher.ts";

/** Always the same: of random messages one in 256 ends with the byte that takes a missing one's place. */
const NONCE = new Uint32Array([0x01234567, 0x89abcdef]);

/** Has so many messages sent, pushes what `mangle` makes of them in pieces of a size, and says what was found. */
function match(
  count: number,
  mangle: (messages: readonly Uint8Array[]) => Uint8Array[],
  { piece = Infinity, size = 64 } = {},
): string[] {
  const told: string[] = [];
  const messages = new Messages({ min: size, max: size }, NONCE);
  const ledger = new Ledger({
    flow: 1,
    timeoutMs: 1000,
    onEvent: (event) => told.push(describe(event)),
  });
  const matcher = new StreamMatcher(messages, ledger);
  const sent = Array.from({ length: count }, (_, i) => {
    ledger.sent(0);
    return messages.build(i + 1);
  });
  const stream = mangle(sent).flatMap((bytes) => [...bytes]);
  for (let at = 0; at < stream.length; at += piece) {
    const end = Math.min(at + piece, stream.length);
    matcher.push(new Uint8Array(stream.slice(at, end)), 1);
  }
  matcher.end();
  return told;
}

function describe(event: ProbeEvent): string {
  switch (event.type) {
    case "damaged":
      return `damaged ${event.seq}: ${event.bytes} bytes, ${
        event.damage!.wrongBits
      } bits`;
    case "stray":
      return `stray ${event.bytes}`;
    default:
      return "seq" in event ? `${event.type} ${event.seq}` : event.type;
  }
}

function text(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const REPLIES = ["reply 1", "reply 2", "reply 3"];

for (const piece of [1, 7, 63, 64, 65, 200]) {
  Deno.test(`messages are told apart in pieces of ${piece} bytes`, () => {
    assertEquals(match(3, (all) => [...all], { piece }), REPLIES);
  });

  Deno.test(`after a missing byte the next message is found, in pieces of ${piece}`, () => {
    assertEquals(
      match(3, ([a, b, c]) => [a, b.subarray(0, 63), c], { piece }),
      ["reply 1", "damaged 2: 63 bytes, 0 bits", "reply 3"],
    );
  });
}

Deno.test("a wrong bit is damage to one message", () => {
  const flip = (all: readonly Uint8Array[]) =>
    all.map((bytes, i) =>
      i === 1 ? bytes.map((b, at) => at === 5 ? b ^ 4 : b) : bytes
    );
  assertEquals(match(3, flip), [
    "reply 1",
    "damaged 2: 64 bytes, 1 bits",
    "reply 3",
  ]);
});

for (const greeting of ["220 hello\r\n", "220 hello, this is long\r\n"]) {
  const { length } = greeting;
  Deno.test(`a greeting of ${length} bytes is told from the messages after it`, () => {
    for (const piece of [1, length - 1, length + 5, Infinity]) {
      const told = match(3, (all) => [text(greeting), ...all], { piece });
      const stray = told.slice(0, -3);
      assertEquals(
        stray.reduce((sum, line) => sum + Number(line.split(" ")[1]), 0),
        length,
      );
      assertEquals(told.slice(-3), REPLIES);
    }
  });
}

Deno.test("a message that is missing is named, and the next one found", () => {
  assertEquals(
    match(3, ([a, , c]) => [a, c], { piece: 50 }),
    ["reply 1", "failed 2", "reply 3"],
  );
});

Deno.test("what comes in after all messages is stray", () => {
  assertEquals(match(1, ([a]) => [a, text("bye")]), ["reply 1", "stray 3"]);
});

Deno.test("a stream that is not ours is stray", () => {
  assertEquals(match(2, () => [text("x".repeat(128))]), ["stray 128"]);
});

Deno.test("an answer that is not ours and too short for a message is stray at the end", () => {
  assertEquals(match(2, () => [text("what?")]), ["stray 5"]);
});

Deno.test("a filling that is wrong is damage where the header is right", () => {
  const garble = (all: readonly Uint8Array[]) =>
    all.map((bytes) => bytes.map((b, at) => at < 12 ? b : ~b));
  assertEquals(match(2, garble), [
    "damaged 1: 64 bytes, 416 bits",
    "damaged 2: 64 bytes, 416 bits",
  ]);
});

Deno.test("half a message is not reported yet", () => {
  assertEquals(match(2, ([a, b]) => [a, b.subarray(0, 30)]), ["reply 1"]);
});

for (const size of [1, 5, 12]) {
  Deno.test(`messages of ${size} bytes are told apart by their order`, () => {
    assertEquals(match(3, (all) => [...all], { size }), REPLIES);
  });
}
