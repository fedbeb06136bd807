import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

/** The message with which an assertion fails; fails if it does not. */
function failure(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    if (error instanceof AssertionError) return error.message;
    throw error;
  }
  throw new Error("The assertion holds");
}

function same(a: unknown, b: unknown): boolean {
  try {
    assertEquals(a, b);
  } catch (error) {
    if (error instanceof AssertionError) return false;
    throw error;
  }
  failure(() => assertNotEquals(a, b));
  return true;
}

class Hidden {
  #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  get value(): number {
    return this.#value;
  }
}

Deno.test("AssertionError is an error with its own name", () => {
  const error = new AssertionError("why", { cause: 1 });
  assert(error instanceof Error);
  assert(error.name === "AssertionError");
  assert(error.message === "why");
  assert(error.cause === 1);
});

Deno.test("assert() holds for truthy values and narrows types", () => {
  const value = (() => "text" as string | undefined)();
  assert(value);
  const text: string = value;
  assert(text === "text");
  assert(failure(() => assert(0)) === "");
  assert(failure(() => assert(null, "why")) === "why");
});

Deno.test("assertFalse() holds for falsy values", () => {
  assertFalse(0);
  assertFalse("");
  assert(failure(() => assertFalse(1, "why")) === "why");
});

Deno.test("fail() always fails", () => {
  assert(failure(() => fail()) === "Failed assertion.");
  assert(failure(() => fail("why")) === "Failed assertion: why");
});

Deno.test("assertEquals() holds for deeply equal values", () => {
  const circle: Record<string, unknown> = { a: 1 };
  circle.self = circle;
  const other: Record<string, unknown> = { a: 1 };
  other.self = other;
  const pairs: [unknown, unknown][] = [
    [1, 1],
    [0, -0],
    [NaN, NaN],
    [[1, [2]], [1, [2]]],
    [{ a: { b: 1 } }, { a: { b: 1 } }],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    [{ a: -0 }, { a: 0 }],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [new URL("a:b"), new URL("a:b")],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Set([1, { a: 1 }]), new Set([{ a: 1 }, 1])],
    [new Map([[{ a: 1 }, [1]]]), new Map([[{ a: 1 }, [1]]])],
    [new Hidden(1), new Hidden(1)],
    [circle, other],
  ];
  for (const [a, b] of pairs) assert(same(a, b), Deno.inspect([a, b]));
});

Deno.test("assertEquals() fails for values that differ", () => {
  const pairs: [unknown, unknown][] = [
    [1, 2],
    [1, "1"],
    [null, undefined],
    [[1, 2], [2, 1]],
    [[1], [1, undefined]],
    [{ a: 1 }, { a: 1, b: undefined }],
    [[], {}],
    [{}, new Hidden(1)],
    [new Date(5), new Date(6)],
    [/a/g, /a/i],
    [new URL("a:b"), new URL("a:c")],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Uint8Array([1]), [1]],
    [new Set([1]), new Set([2])],
    [new Set([1]), new Map([[1, 1]])],
    [new Map([[1, 1]]), new Map([[1, 2]])],
    [new Hidden(1), new Hidden(2)],
    [() => 1, () => 1],
  ];
  for (const [a, b] of pairs) assert(!same(a, b), Deno.inspect([a, b]));
});

Deno.test("assertEquals() shows what differs", () => {
  const message = failure(() => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }));
  assert(message.startsWith("Values are not equal."), message);
  assert(/b: 2/.test(message) && /b: 3/.test(message), message);
  assert(
    failure(() => assertEquals(1, 2, "why")).startsWith(
      "Values are not equal: why",
    ),
  );
});

Deno.test("assertNotEquals() fails for deeply equal values", () => {
  assertNotEquals({ a: 1 }, { a: 2 });
  assert(
    failure(() => assertNotEquals(1, 1, "why")) ===
      "Expected actual: 1 not to be: 1: why",
  );
});

Deno.test("assertStrictEquals() holds for the same value", () => {
  const object = {};
  assertStrictEquals(object, object);
  assertStrictEquals(NaN, NaN);
  assert(
    failure(() => assertStrictEquals(0, -0)).startsWith(
      "Values are not strictly equal.",
    ),
  );
  assert(
    failure(() => assertStrictEquals({ a: 1 }, { a: 1 }, "why")).startsWith(
      "Values have the same structure but are not reference-equal: why",
    ),
  );
});

Deno.test("assertExists() narrows to values that are there", () => {
  const value = (() => 0 as number | null | undefined)();
  assertExists(value);
  const number: number = value;
  assertEquals(number, 0);
  assertEquals(
    failure(() => assertExists(null)),
    'Expected actual: "null" to not be null or undefined.',
  );
});

Deno.test("assertStringIncludes() and assertMatch() look into texts", () => {
  assertStringIncludes("hello", "ell");
  assertMatch("hello", /^h.*o$/);
  assertEquals(
    failure(() => assertStringIncludes("hello", "x")),
    'Expected actual: "hello" to contain: "x".',
  );
  assertEquals(
    failure(() => assertMatch("hello", /x/, "why")),
    'Expected actual: "hello" to match: "/x/": why',
  );
});

Deno.test("assertArrayIncludes() finds deeply equal items", () => {
  assertArrayIncludes([1, { a: 1 }, NaN], [{ a: 1 }, NaN]);
  assertArrayIncludes(new Uint8Array([1, 2]), new Uint8Array([2]));
  const message = failure(() => assertArrayIncludes([1, 2], [2, 3]));
  assertMatch(message, /missing: \[\s*3,?\s*\]$/);
});

Deno.test("assertInstanceOf() narrows to a class", () => {
  const value: unknown = new TypeError("x");
  assertInstanceOf(value, TypeError);
  assertEquals(value.message, "x");
  assertEquals(
    failure(() => assertInstanceOf([], Date)),
    'Expected object to be an instance of "Date" but was "Array".',
  );
  assertEquals(
    failure(() => assertInstanceOf(undefined, Date, "why")),
    'Expected object to be an instance of "Date" but was "undefined": why',
  );
});

Deno.test("assertGreater() and the like compare", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess(1, 2);
  assertLessOrEqual(2, 2);
  assertEquals(failure(() => assertGreater(1, 1)), "Expect 1 > 1");
  assertEquals(failure(() => assertGreaterOrEqual(1, 2)), "Expect 1 >= 2");
  assertEquals(failure(() => assertLess(1, 1)), "Expect 1 < 1");
  assertEquals(failure(() => assertLessOrEqual(2, 1, "why")), "why");
});

Deno.test("assertThrows() returns what was thrown", () => {
  const thrown = { any: "thing" };
  assertStrictEquals(
    assertThrows(() => {
      throw thrown;
    }),
    thrown,
  );
  const error: RangeError = assertThrows(
    () => {
      throw new RangeError("too far");
    },
    RangeError,
    "far",
  );
  assertEquals(error.message, "too far");
});

Deno.test("assertThrows() accepts subclasses", () => {
  assertThrows(() => {
    throw new RangeError("too far");
  }, Error);
});

Deno.test("assertThrows() fails for another error or none", () => {
  function far() {
    throw new RangeError("too far");
  }
  assertEquals(
    failure(() => assertThrows(() => 1)),
    "Expected function to throw.",
  );
  assertEquals(
    failure(() => assertThrows(() => 1, "why")),
    "Expected function to throw: why",
  );
  assertEquals(
    failure(() => assertThrows(far, TypeError)),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  );
  assertEquals(
    failure(() => assertThrows(far, RangeError, "near", "why")),
    'Expected error message to include "near", but got "too far": why',
  );
  assertEquals(
    failure(() =>
      assertThrows(() => {
        throw "text";
      }, Error)
    ),
    "A non-Error object was thrown.",
  );
});

Deno.test("assertRejects() resolves to the reason", async () => {
  const error: RangeError = await assertRejects(
    () => Promise.reject(new RangeError("too far")),
    RangeError,
    "far",
  );
  assertEquals(error.message, "too far");
  assertEquals(await assertRejects(() => Promise.reject("text")), "text");
});

Deno.test("assertRejects() fails for another reason or none", async () => {
  async function failing(assertion: Promise<unknown>): Promise<string> {
    return (await assertRejects(() => assertion, AssertionError)).message;
  }
  assertEquals(
    await failing(assertRejects(() => Promise.resolve(), "why")),
    "Expected function to reject: why",
  );
  assertEquals(
    await failing(
      assertRejects(() => Promise.reject(new Error("x")), TypeError),
    ),
    'Expected error to be instance of "TypeError", but was "Error".',
  );
  assertEquals(
    await failing(assertRejects(() => Promise.reject("x"), Error)),
    "A non-Error object was rejected.",
  );
});

Deno.test("assertRejects() does not accept a function that throws itself", async () => {
  const message = (await assertRejects(
    () =>
      assertRejects(() => {
        throw new Error("at once");
      }),
    AssertionError,
  )).message;
  assertEquals(message, "Function throws when expected to reject.");
});
