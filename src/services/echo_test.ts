import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { concat, pseudoRandomBytes } from "../../tests/support/clients.ts";
import { ADDRESSES, MemoryStream } from "../../tests/support/fakes.ts";
import { echo } from "./echo.ts";

const KIB = 1024;
const SMALL = KIB;
const LARGE = 64 * KIB;

const service = await echo.create({}, {
  readFile: () => Promise.reject(new Error("echo reads no file")),
  count: () => 0,
  service: "test",
  labels: {},
});

/** Runs a conversation in which the peer sends chunks of these sizes; checks that every byte came back. */
async function converse(sizes: readonly number[]): Promise<MemoryStream> {
  const chunks = sizes.map((size, i) => pseudoRandomBytes(size, i + 1));
  const stream = new MemoryStream(chunks);
  await service.stream(stream);
  assertEquals(stream.written, concat(chunks));
  return stream;
}

Deno.test("echo sends back every byte in order, whatever the sizes", async () => {
  for (const size of [1, SMALL - 1, SMALL, SMALL + 1, LARGE, LARGE + 1]) {
    await converse([size]);
    await converse([size, 1, size, size]);
  }
  await converse([3_000_000]);
});

Deno.test("echo ends without a word when the peer sends nothing", async () => {
  assertEquals((await converse([])).offered, [SMALL]);
});

Deno.test("echo's buffer grows as it is filled, to 64 KiB and no further", async () => {
  const { offered } = await converse([1_000_000]);
  assertEquals(offered.slice(0, 4), [SMALL, 8 * SMALL, LARGE, LARGE]);
  assertEquals(Math.max(...offered), LARGE);
});

Deno.test("echo's buffer does not grow for messages that fit", async () => {
  const { offered } = await converse(Array(100).fill(SMALL - 1));
  assertEquals(new Set(offered), new Set([SMALL]));
});

Deno.test("echo gives a grown buffer back after 32 small reads in a row", async () => {
  const bulk = SMALL + 8 * SMALL + LARGE; // Three full reads.
  const { offered } = await converse([bulk, ...Array(33).fill(1)]);
  assertEquals(offered.slice(3, 3 + 32), Array(32).fill(LARGE));
  assertEquals(offered.slice(3 + 32), [SMALL, SMALL]);
});

Deno.test("echo keeps a grown buffer while larger reads come between", async () => {
  const bulk = SMALL + 8 * SMALL + LARGE;
  const mixed = Array.from({ length: 10 }, () => [...Array(31).fill(1), SMALL]);
  const { offered } = await converse([bulk, ...mixed.flat()]);
  assertEquals(new Set(offered.slice(3)), new Set([LARGE]));
});

Deno.test("echo grows again after it shrank", async () => {
  const bulk = SMALL + 8 * SMALL + LARGE;
  const { offered } = await converse([bulk, ...Array(32).fill(1), bulk]);
  assertEquals(offered.slice(-4), [SMALL, 8 * SMALL, LARGE, LARGE]);
});

Deno.test("echo reads no more before the peer has taken what was read", async () => {
  const stream = new MemoryStream([new Uint8Array(1), new Uint8Array(1)]);
  const taken = Promise.withResolvers<void>();
  const writing = Promise.withResolvers<void>();
  stream.beforeWrite = () => {
    writing.resolve();
    return taken.promise;
  };
  const served = service.stream(stream);
  await writing.promise;
  assertEquals(stream.offered.length, 1);
  taken.resolve();
  await served;
  assertEquals(stream.offered.length, 3);
});

Deno.test("echo throws what reading or writing throws", async () => {
  const reset = new Deno.errors.ConnectionReset("reset");
  const broken = new MemoryStream([new Uint8Array(1)]);
  broken.beforeWrite = () => Promise.reject(reset);
  assertStrictEquals(await assertRejects(() => service.stream(broken)), reset);
  const cut = new MemoryStream([reset]);
  assertStrictEquals(await assertRejects(() => service.stream(cut)), reset);
});

Deno.test("echo answers a datagram with the same bytes, none and the most included", () => {
  for (const size of [0, 1, 1400, 65_507]) {
    const datagram = pseudoRandomBytes(size);
    assertEquals(
      service.datagram!(datagram, ADDRESSES.client, ADDRESSES.local),
      datagram,
    );
  }
});
