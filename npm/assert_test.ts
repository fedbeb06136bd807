import * as std from "@std/assert";

const DEEP = [1, NaN, { a: [undefined] }, Uint8Array.of(1), new Map([[1, {}]])];

const ERROR = new RangeError("too far");
const rejects = () => Promise.reject(ERROR);

function throws(): never {
  throw ERROR;
}

Deno.test("assertions hold", async () => {
  std.assert(1);
  std.assertFalse(0);
  std.assertExists(Object.create(null));
  std.assertEquals(structuredClone(DEEP), DEEP);
  std.assertNotEquals<unknown>([1, { a: undefined }], [1, {}]);
  std.assertStrictEquals(NaN, NaN);
  std.assertInstanceOf(new TypeError(), Error);
  std.assertStringIncludes("abc", "b");
  std.assertMatch("abc", /^a/);
  std.assertArrayIncludes([{ a: 1 }, { a: 2 }], [{ a: 2 }]);
  std.assertGreater(2, 1);
  std.assertGreaterOrEqual(2, 2);
  std.assertLess(1, 2);
  std.assertLessOrEqual(2, 2);
  const thrown: RangeError = std.assertThrows(throws, RangeError, "far");
  const reason: RangeError = await std.assertRejects(rejects, RangeError);
  std.assert(thrown === ERROR && reason === ERROR);
});

const FAILING: ((reason: string) => unknown)[] = [
  (reason) => std.assert("", reason),
  (reason) => std.assertFalse("x", reason),
  (reason) => std.fail(reason),
  (reason) => std.assertExists(null, reason),
  (reason) => std.assertEquals<unknown>(Uint8Array.of(1), [1], reason),
  (reason) => std.assertNotEquals(structuredClone(DEEP), DEEP, reason),
  (reason) => std.assertStrictEquals([1], [1], reason),
  (reason) => std.assertInstanceOf(new Error(), TypeError, reason),
  (reason) => std.assertStringIncludes("abc", "d", reason),
  (reason) => std.assertMatch("abc", /^b/, reason),
  (reason) => std.assertArrayIncludes([{ a: 1 }], [{ a: 2 }], reason),
  (reason) => std.assertGreater(1, 1, reason),
  (reason) => std.assertGreaterOrEqual(1, 2, reason),
  (reason) => std.assertLess(1, 1, reason),
  (reason) => std.assertLessOrEqual(2, 1, reason),
  (reason) => std.assertThrows(() => 1, Error, "", reason),
  (reason) => std.assertThrows(throws, TypeError, "", reason),
  (reason) => std.assertThrows(throws, RangeError, "near", reason),
  (reason) => std.assertRejects(async () => {}, Error, "", reason),
  (reason) => std.assertRejects(rejects, TypeError, "", reason),
  (reason) => std.assertRejects(rejects, RangeError, "near", reason),
];

for (const failing of FAILING) {
  Deno.test(`fails with the reason: ${failing}`, async () => {
    const error = await Promise.try(failing, "my reason").catch((error) =>
      error
    );
    if (!(error instanceof std.AssertionError)) throw new Error("It holds");
    if (!error.message.includes("my reason")) throw error;
  });
}
