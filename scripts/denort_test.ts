import { assertEquals, assertThrows } from "@std/assert";
import { denortEnd } from "./denort.ts";

/** An ELF header, 100 bytes of "code", 3 section headers of 64 bytes, `tail`. */
function executable(tail: string): Uint8Array {
  const bytes = new Uint8Array(64 + 100 + 3 * 64 + tail.length);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0x28, 164n, true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 3, true);
  bytes.set(new TextEncoder().encode(tail), 356);
  return bytes;
}

Deno.test("denortEnd() finds the end of the section headers", () => {
  assertEquals(denortEnd(executable("d3n0l4nd and the program")), 356);
});

Deno.test("denortEnd() takes a view into a larger buffer", () => {
  const inner = executable("d3n0l4nd");
  const outer = new Uint8Array(inner.length + 7);
  outer.set(inner, 7);
  assertEquals(denortEnd(outer.subarray(7)), 356);
});

Deno.test("denortEnd() refuses what is not ELF", () => {
  const script = new TextEncoder().encode("#!/bin/sh\n".repeat(10));
  for (const bytes of [new Uint8Array(), new Uint8Array(64), script]) {
    assertThrows(() => denortEnd(bytes), Error, "not an ELF file");
  }
});

Deno.test("denortEnd() refuses 32-bit and big-endian files", () => {
  for (const [offset, value] of [[4, 1], [5, 2]]) {
    const bytes = executable("d3n0l4nd");
    bytes[offset] = value;
    assertThrows(() => denortEnd(bytes), Error, "not 64-bit little-endian");
  }
});

Deno.test("denortEnd() refuses a file that stops before its end", () => {
  const bytes = executable("d3n0l4nd").subarray(0, 355);
  assertThrows(() => denortEnd(bytes), Error, "end at 356 of 355 bytes");
});

Deno.test("denortEnd() refuses a file without section headers", () => {
  const bytes = executable("d3n0l4nd");
  new DataView(bytes.buffer).setBigUint64(0x28, 0n, true);
  assertThrows(() => denortEnd(bytes), Error, "section headers end at");
});

Deno.test("denortEnd() refuses an executable without a program", () => {
  for (const tail of ["", "d3n0", "something else"]) {
    assertThrows(
      () => denortEnd(executable(tail)),
      Error,
      "no compiled program follows it at 356",
    );
  }
});
