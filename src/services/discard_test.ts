import { assertEquals } from "@std/assert";
import { ADDRESSES, MemoryStream } from "../../tests/support/fakes.ts";
import { discard } from "./discard.ts";

const service = await discard.create({}, {
  readFile: () => Promise.reject(new Error("discard reads no file")),
  count: () => 0,
  service: "test",
  labels: {},
});

Deno.test("discard reads to the end and writes nothing", async () => {
  const stream = new MemoryStream([new Uint8Array(100_000), new Uint8Array(3)]);
  await service.stream(stream);
  assertEquals(stream.written.length, 0);
  assertEquals(await stream.read(new Uint8Array(1)), null);
});

Deno.test("discard answers no datagram", () => {
  assertEquals(
    service.datagram?.(new Uint8Array(10), ADDRESSES.client, ADDRESSES.local),
    null,
  );
});
