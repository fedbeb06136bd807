import { assert, assertEquals } from "@std/assert";
import { splitLines } from "./split_lines.ts";

const encoder = new TextEncoder();

async function* inPieces(text: string, bytes: number) {
  const all = encoder.encode(text);
  for (let at = 0; at < all.length; at += bytes) {
    yield await Promise.resolve(all.subarray(at, at + bytes));
  }
}

async function split(input: AsyncIterable<Uint8Array>, mostBytes = 8) {
  const lines: string[] = [];
  const refused: string[] = [];
  const decoder = new TextDecoder();
  const refuse = (reason: string) => refused.push(reason);
  for await (const line of splitLines(input, mostBytes, refuse)) {
    lines.push(decoder.decode(line));
  }
  return { lines, refused };
}

for (const bytes of [1, 2, 3, 100]) {
  Deno.test(`splitLines() splits after each line break, whatever comes at once: ${bytes} bytes`, async () => {
    assertEquals(await split(inPieces("a\n\nbcd\r\nlast", bytes)), {
      lines: ["a\n", "\n", "bcd\r\n", "last"],
      refused: [],
    });
  });

  Deno.test(`splitLines() leaves out lines that are too long, and no others: ${bytes} bytes`, async () => {
    assertEquals(
      await split(inPieces("1234567\n12345678\nok\n123456789", bytes)),
      {
        lines: ["1234567\n", "ok\n"],
        refused: [
          "line 2 has 9 bytes, more than the 8 of a datagram",
          "line 4 has 9 bytes, more than the 8 of a datagram",
        ],
      },
    );
  });
}

Deno.test("splitLines() has nothing for nothing", async () => {
  assertEquals(await split(inPieces("", 1)), { lines: [], refused: [] });
});

Deno.test("splitLines() holds no more of an endless line than may be sent", async () => {
  const chunk = new Uint8Array(65536).fill(0x61);
  async function* endless() {
    for (let i = 0; i < 16384; i++) yield await Promise.resolve(chunk);
  }
  const { lines, refused } = await split(endless(), 65507);
  assertEquals(lines, []);
  assert(refused[0].startsWith("line 1 has 1073741824 bytes"), refused[0]);
});
