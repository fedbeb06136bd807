import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStream } from "../../tests/support/fakes.ts";
import { chargen, pattern } from "./chargen.ts";

Deno.test("the pattern is RFC 864's: 95 lines of 72 characters, each one further", () => {
  const lines = new TextDecoder().decode(pattern()).split("\r\n");
  assertEquals(lines.pop(), "");
  assertEquals(lines.length, 95);
  assertEquals(new Set(lines.map((line) => line.length)), new Set([72]));
  assertEquals(
    lines[0],
    ` !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_\`abcdefg`,
  );
  for (const [i, line] of lines.entries()) {
    assertEquals(line.slice(1), lines[(i + 1) % 95].slice(0, -1));
  }
});

Deno.test("chargen writes the pattern without a seam until a write fails, and reads off what comes", async () => {
  const service = await chargen.create({}, {
    readFile: () => Promise.reject(new Error("chargen reads no file")),
    count: () => 0,
    service: "test",
    labels: {},
  });
  const stream = new MemoryStream([new Uint8Array(100), new Error("reset")]);
  let writes = 0;
  stream.beforeWrite = () =>
    ++writes <= 3
      ? Promise.resolve()
      : Promise.reject(new Error("broken pipe"));
  await assertRejects(() => service.stream(stream), Error, "broken pipe");

  const one = pattern();
  const { written } = stream;
  assertEquals(written.length % one.length, 0);
  for (let at = 0; at < written.length; at += one.length) {
    assertEquals(written.subarray(at, at + one.length), one);
  }
});

Deno.test("chargen is not served over UDP", async () => {
  const service = await chargen.create({}, {
    readFile: () => Promise.reject(new Error("chargen reads no file")),
    count: () => 0,
    service: "test",
    labels: {},
  });
  assertEquals(service.datagram, undefined);
});
