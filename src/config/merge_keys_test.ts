import { assertEquals, assertThrows } from "@std/assert";
import { MergeError, mergeKeys } from "./merge_keys.ts";

const merge = (value: unknown) => mergeKeys(value, 1000);

Deno.test("mergeKeys() takes over what a mapping does not say itself", () => {
  assertEquals(merge({ "<<": { a: "1", b: "1" }, b: "2", c: "2" }), {
    a: "1",
    b: "2",
    c: "2",
  });
});

Deno.test("mergeKeys() prefers the first of several mappings", () => {
  assertEquals(
    merge({ "<<": [{ a: "1" }, { a: "2", b: "2" }], c: "3" }),
    { a: "1", b: "2", c: "3" },
  );
});

Deno.test("mergeKeys() merges within lists, and what was merged itself", () => {
  const first = { a: "1" };
  const second = { "<<": first, b: "2" };
  assertEquals(merge({ list: [first, { "<<": second, c: "3" }] }), {
    list: [{ a: "1" }, { a: "1", b: "2", c: "3" }],
  });
});

Deno.test("mergeKeys() keeps __proto__ an ordinary key", () => {
  const merged = merge(JSON.parse('{"<<": {"__proto__": {"a": "1"}}}'));
  assertEquals(Object.keys(merged as object), ["__proto__"]);
});

Deno.test("mergeKeys() refuses what is no mapping, with its place", () => {
  for (const source of ["7", null, ["7"], [[{}]]]) {
    const error = assertThrows(
      () => merge({ services: [{ "<<": source }] }),
      MergeError,
    );
    assertEquals(error.problem.where, 'services[0]["<<"]');
  }
});

Deno.test("mergeKeys() refuses merges that make a small file huge, at once", () => {
  const nested: unknown[] = [];
  let last: Record<string, unknown> = {};
  for (let i = 0; i < 20_000; i++) {
    last = { "<<": last, [`k${i}`]: "" };
    nested.push(last);
  }
  assertThrows(() => merge(nested), MergeError, "merge keys are expanded");
});
