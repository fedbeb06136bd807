/**
 * Deep equality by the rules of `@std/assert`. Those of `node:assert` differ:
 * there 0 is not -0, an object without prototype is not a plain one, and two
 * objects that keep their state behind getters are always equal.
 *
 * @module
 */

/** Classes whose instances are equal if they read the same. */
const readable = new Set<unknown>([RegExp, URL, URLSearchParams, Intl.Locale]);

/** Whether `a` and `b` are deeply equal, as `equal` of `@std/assert`. */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

function compare(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Date && b instanceof Date) {
    return Object.is(a.getTime(), b.getTime());
  }
  const prototype = Object.getPrototypeOf(a) ?? Object.prototype;
  if (prototype !== (Object.getPrototypeOf(b) ?? Object.prototype)) {
    return false;
  }
  if (readable.has(prototype.constructor)) return String(a) === String(b);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    return compareItems(new Uint8Array(a), new Uint8Array(b));
  }
  if (isTypedArray(a) && isTypedArray(b)) return compareItems(a, b);

  // Two circles are equal if nothing on the way round differs.
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  if (a instanceof Map && b instanceof Map) return compareEntries(a, b, seen);
  if (a instanceof Set && b instanceof Set) return compareEntries(a, b, seen);
  return compareProperties(a, b, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isTypedArray(value: object): value is Uint8Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function compareItems(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !Object.is(a[i], b[i])) return false;
  }
  return true;
}

type Entries = Map<unknown, unknown> | Set<unknown>;

function compareEntries(
  a: Entries,
  b: Entries,
  seen: Map<object, object>,
): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a.entries()) {
    if (!isObject(key)) {
      if (!b.has(key)) return false;
      if (b instanceof Map && !compare(value, b.get(key), seen)) return false;
      continue;
    }
    const found = b.entries().some(([otherKey, other]) =>
      compare(key, otherKey, seen) && compare(value, other, seen)
    );
    if (!found) return false;
  }
  return true;
}

function compareProperties(
  a: object,
  b: object,
  seen: Map<object, object>,
): boolean {
  const keys = isPlain(a)
    ? new Set(Reflect.ownKeys({ ...a, ...b }))
    : allKeys(a).union(allKeys(b));
  for (const key of keys) {
    if ((key in a) !== (key in b)) return false;
    if (!compare(Reflect.get(a, key), Reflect.get(b, key), seen)) return false;
  }
  return true;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ||
    prototype === Array.prototype;
}

/** Own and inherited keys, so that what getters return counts too. */
function allKeys(value: object): Set<PropertyKey> {
  const keys = new Set<PropertyKey>();
  for (
    let at: object | null = value;
    at !== null && at !== Object.prototype && at !== Array.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const key of Reflect.ownKeys(at)) keys.add(key);
  }
  return keys;
}
