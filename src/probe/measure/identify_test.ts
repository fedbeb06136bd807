import { assertEquals } from "@std/assert";
import { identify } from "./identify.ts";
import { Ledger } from "./ledger.ts";
import { Messages } from "./message.ts";

/** Always the same, so that nothing is alike by chance. */
const NONCE = new Uint32Array([0x01234567, 0x89abcdef]);

function outstanding(size: number, count: number) {
  const messages = new Messages({ min: size, max: size }, NONCE);
  const ledger = new Ledger({ flow: 1, timeoutMs: 1000, onEvent() {} });
  for (let i = 0; i < count; i++) ledger.sent(0);
  return {
    messages,
    ledger,
    identify: (datagram: Uint8Array) => identify(datagram, messages, ledger),
  };
}

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3] ^= 1 << (bit & 7);
  return flipped;
}

for (const size of [12, 13, 64, 1400]) {
  Deno.test(`identify() knows messages of ${size} bytes`, () => {
    const { messages, identify } = outstanding(size, 5);
    assertEquals(identify(messages.build(4)), {
      seq: 4,
      damage: undefined,
      certain: true,
    });
  });
}

Deno.test("identify() knows a message whichever bit is wrong", () => {
  const { messages, identify } = outstanding(64, 5);
  for (let bit = 0; bit < 64 * 8; bit++) {
    const found = identify(flipBit(messages.build(3), bit));
    assertEquals([found?.seq, found?.damage?.wrongBits], [3, 1], `bit ${bit}`);
    assertEquals(found?.damage?.firstWrongByte, bit >> 3);
  }
});

Deno.test("identify() knows a message that was cut, or has grown", () => {
  const { messages, identify } = outstanding(64, 5);
  const message = messages.build(3);
  for (const size of [1, 5, 12, 63]) {
    const found = identify(message.subarray(0, size));
    assertEquals([found?.seq, found?.damage?.receivedBytes], [3, size]);
  }
  const longer = new Uint8Array(70);
  longer.set(message);
  assertEquals(identify(longer)?.damage?.receivedBytes, 70);
});

Deno.test("identify() does not take anything else for a message", () => {
  const { identify } = outstanding(64, 5);
  assertEquals(identify(crypto.getRandomValues(new Uint8Array(64))), undefined);
  assertEquals(identify(new TextEncoder().encode("220 hello\r\n")), undefined);
  const other = new Messages({ min: 64, max: 64 }, new Uint32Array([1, 2]));
  assertEquals(identify(other.build(3)), undefined);
});

Deno.test("identify() does not take a number that was never sent", () => {
  const { messages, identify } = outstanding(64, 5);
  assertEquals(identify(messages.build(6)), undefined);
});

for (const size of [1, 4, 11]) {
  Deno.test(`identify() tells messages of ${size} bytes by what is out`, () => {
    const { messages, ledger, identify } = outstanding(size, 3);
    const certain = size >= 4;
    const answered = { damage: undefined, certain };
    assertEquals({ ...answered, ...identify(messages.build(2)) }, {
      ...answered,
      seq: 2,
    });
    for (const seq of [1, 2, 3]) ledger.arrived(seq, 1, size);
    assertEquals({ ...answered, ...identify(messages.build(3)) }, {
      ...answered,
      seq: 3,
    });
  });
}

Deno.test("identify() gives empty datagrams to the earliest that is out", () => {
  const { ledger, identify } = outstanding(0, 2);
  const empty = new Uint8Array();
  assertEquals(identify(empty), { seq: 1, certain: false });
  ledger.arrived(1, 1, 0);
  assertEquals(identify(empty), { seq: 2, certain: false });
  ledger.arrived(2, 1, 0);
  assertEquals(identify(empty), { seq: 2, certain: false });
});

Deno.test("identify() is not sure of a message of 1 byte, once its number has come round", () => {
  const { messages, ledger, identify } = outstanding(1, 257);
  for (let seq = 2; seq <= 256; seq++) ledger.arrived(seq, 1, 1);
  assertEquals(identify(messages.build(257)), { seq: 1, certain: false });
});

Deno.test("identify() knows a message of 4 bytes by its number, however many are out", () => {
  const { messages, identify } = outstanding(4, 2000);
  assertEquals(identify(messages.build(1999))?.seq, 1999);
});
