import * as v from "valibot";
import { assertEquals } from "@std/assert";
import { fromText } from "./from_text.ts";

Deno.test("fromText() makes numbers and booleans where the schema has them, and texts of the rest", () => {
  const schema = v.object({
    name: v.string(),
    count: v.optional(v.pipe(v.number(), v.integer())),
    share: v.number(),
    on: v.boolean(),
    off: v.optional(v.boolean()),
    ports: v.array(v.number()),
    many: v.union([v.literal("auto"), v.number()]),
    either: v.union([v.string(), v.number()]),
    inner: v.optional(v.object({ count: v.number() })),
  });
  const given = {
    name: "010",
    count: "42",
    share: "0.5",
    on: "true",
    off: "false",
    ports: ["0", "-7"],
    many: "4",
    either: "4",
    inner: { count: "7" },
    unknown: "7",
  };
  assertEquals(fromText(schema, given), {
    name: "010",
    count: 42,
    share: 0.5,
    on: true,
    off: false,
    ports: [0, -7],
    many: 4,
    either: "4",
    inner: { count: 7 },
    unknown: "7",
  });
});

Deno.test("fromText() leaves what is no decimal number to the schema", () => {
  for (
    const text of ["", "010", "0x1", "1_0", "1e3", "+1", "1.", "1.0", ".5"]
  ) {
    assertEquals(fromText(v.number(), text), text);
  }
  assertEquals(fromText(v.number(), "9".repeat(30)), "9".repeat(30));
  assertEquals(fromText(v.boolean(), "yes"), "yes");
});

Deno.test("fromText() takes what is no text as it is", () => {
  for (const value of [1, true, null, undefined, [], {}]) {
    assertEquals(fromText(v.number(), value), value);
    assertEquals(fromText(v.object({ a: v.number() }), value), value);
  }
});

Deno.test("fromText() reads a variant by its key", () => {
  const schema = v.variant("type", [
    v.object({ type: v.literal("a"), size: v.string(), all: v.number() }),
    v.object({ type: v.literal("b"), size: v.number(), all: v.number() }),
  ]);
  const given = (type: string) => ({ type, size: "1", all: "2" });
  assertEquals(fromText(schema, given("a")), { type: "a", size: "1", all: 2 });
  assertEquals(fromText(schema, given("b")), { type: "b", size: 1, all: 2 });
  assertEquals(fromText(schema, given("c")), { type: "c", size: "1", all: 2 });
  assertEquals(fromText(schema, "a"), "a");
});
