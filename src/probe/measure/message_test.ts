import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { HEADER_BYTES, Messages } from "./message.ts";

const NONCE = new Uint32Array([0x04030201, 0x08070605]);

function fixed(size: number): Messages {
  return new Messages({ min: size, max: size }, NONCE);
}

Deno.test("a message starts with its number and the nonce, both little-endian", () => {
  assertEquals(
    [...fixed(64).build(0x1234).subarray(0, HEADER_BYTES)],
    [0x34, 0x12, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
});

Deno.test("a message is the same every time, and every message another", () => {
  const messages = fixed(64);
  assertEquals(messages.build(7), messages.build(7));
  const filling = (seq: number) => messages.build(seq).subarray(HEADER_BYTES);
  assertNotEquals(filling(7), filling(8));
  assertNotEquals(
    new Messages({ min: 64, max: 64 }).build(7),
    messages.build(7),
  );
});

for (const size of [0, 1, 11, 12, 13, 64, 1400, 65_507]) {
  Deno.test(`a message of ${size} bytes has that size`, () => {
    assertEquals(fixed(size).build(1).length, size);
    assertEquals(fixed(size).size(1), size);
  });
}

Deno.test("the filling has about as many ones as zeros", () => {
  const bits = [...fixed(10_000).build(1)].reduce(
    (sum, byte) => sum + byte.toString(2).replaceAll("0", "").length,
    0,
  );
  assert(Math.abs(bits - 40_000) < 1000, `${bits} of 80000 bits are set`);
});

Deno.test("sizes from a range are all used, and the same for the same number", () => {
  const messages = new Messages({ min: 10, max: 13 }, NONCE);
  const sizes = Array.from({ length: 200 }, (_, seq) => messages.size(seq));
  assertEquals([...new Set(sizes)].sort(), [10, 11, 12, 13]);
  assertEquals(sizes, sizes.map((_, seq) => messages.build(seq).length));
});

Deno.test("readHeader() knows the flow's own messages only", () => {
  const messages = fixed(64);
  const other = new Messages({ min: 64, max: 64 }, new Uint32Array([1, 2]));
  assertEquals(messages.readHeader(messages.build(4_000_000_000)), 4e9);
  assertEquals(messages.readHeader(other.build(5)), undefined);
});

Deno.test("readHeader() reads the number of what is too short for the whole nonce", () => {
  const messages = fixed(64);
  const cut = (length: number) => messages.build(5).slice(0, length);
  assertEquals([4, 5, 11].map((n) => messages.readHeader(cut(n))), [5, 5, 5]);
  assertEquals(messages.readHeader(cut(3)), undefined);
  const wrong = cut(11);
  wrong[10] ^= 1;
  assertEquals(messages.readHeader(wrong), undefined);
});

Deno.test("readHeader() reads in the middle of bytes", () => {
  const messages = fixed(64);
  const bytes = new Uint8Array(70);
  bytes.set(messages.build(9), 6);
  assertEquals(messages.readHeader(bytes, 6), 9);
  assertEquals(messages.readHeader(bytes, 5), undefined);
});
