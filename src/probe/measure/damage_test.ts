import { assert, assertEquals } from "@std/assert";
import { compare, describeDamage, isRecognizable } from "./damage.ts";

function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

Deno.test("compare() finds nothing where nothing is wrong", () => {
  assertEquals(compare(bytes(1, 2, 3), bytes(1, 2, 3)), undefined);
  assertEquals(compare(bytes(), bytes()), undefined);
});

Deno.test("compare() counts wrong bits, and names the first wrong byte", () => {
  assertEquals(compare(bytes(0, 0xff, 0b1010, 4), bytes(0, 0xff, 0b0101, 5)), {
    sentBytes: 4,
    receivedBytes: 4,
    wrongBits: 5,
    firstWrongByte: 2,
  });
});

Deno.test("compare() sees what was cut and what was added", () => {
  assertEquals(compare(bytes(1, 2, 3), bytes(1, 2)), {
    sentBytes: 3,
    receivedBytes: 2,
    wrongBits: 0,
    firstWrongByte: 2,
  });
  assertEquals(compare(bytes(1), bytes(1, 0))?.receivedBytes, 2);
});

Deno.test("a damaged message is recognizable, random bytes are not", () => {
  const sent = crypto.getRandomValues(new Uint8Array(1000));
  const flipped = sent.map((byte) => byte ^ 1);
  const random = crypto.getRandomValues(new Uint8Array(1000));
  assert(isRecognizable(compare(sent, flipped)!));
  assert(isRecognizable(compare(sent, sent.subarray(0, 10))!));
  assert(!isRecognizable(compare(sent, random)!));
  assert(!isRecognizable(compare(sent, bytes())!));
});

Deno.test("describeDamage() says what is wrong", () => {
  const describe = (sent: Uint8Array, received: Uint8Array) =>
    describeDamage(compare(sent, received)!);
  assertEquals(
    describe(bytes(1, 2), bytes(1, 3)),
    "1 bit is wrong, the first in byte 1",
  );
  assertEquals(
    describe(bytes(1, 2, 3), bytes(0, 1)),
    "2 of 3 bytes came back, 3 bits are wrong, the first in byte 0",
  );
});
