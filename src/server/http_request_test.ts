import { assertEquals } from "@std/assert";
import { type HttpRequest, HttpRequestReader } from "./http_request.ts";

const encoder = new TextEncoder();

/** Reads a head in one piece, and byte by byte: both must come to the same. */
function read(head: string): HttpRequest | number | undefined {
  const bytes = encoder.encode(head);
  const whole = new HttpRequestReader().take(bytes);
  const reader = new HttpRequestReader();
  let result: HttpRequest | number | undefined;
  for (let i = 0; i < bytes.length && result === undefined; i++) {
    result = reader.take(bytes.subarray(i, i + 1));
  }
  assertEquals(result, whole, JSON.stringify(head));
  return whole;
}

/** What was asked of whom, of a request that is good. */
function asked(head: string): string {
  const request = read(head);
  if (typeof request !== "object") return `${request}`;
  const { method, path, host } = request;
  const port = host?.port === undefined ? "" : `:${host.port}`;
  return `${method} ${path} of ${host ? host.name + port : "nobody"}`;
}

Deno.test("a request is its method, its path without the query, and its host", () => {
  const cases = {
    "GET /a HTTP/1.1\r\nHost: b\r\n\r\n": "GET /a of b",
    "HEAD /a?q=/x#y HTTP/1.1\nHost: b:9\n\n": "HEAD /a of b:9",
    "\r\nPOST / HTTP/1.1\r\nhOsT:\t B.Example. \t\r\n\r\n":
      "POST / of b.example",
    "GET /a HTTP/1.0\r\n\r\n": "GET /a of nobody",
    "GET /a HTTP/1.1\r\nHost:\r\n\r\n": "GET /a of ",
    "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n": "GET /a of ::1:80",
    "GET /a HTTP/1.1\r\nHost: [0:0::1]\r\n\r\n": "GET /a of ::1",
    "GET //a HTTP/1.1\r\nHost: b\r\n\r\n": "GET //a of b",
  };
  for (const [head, expected] of Object.entries(cases)) {
    assertEquals(asked(head), expected, JSON.stringify(head));
  }
});

Deno.test("the host of an absolute target counts, and not that of Host (RFC 9112 §3.2.2)", () => {
  const cases = {
    "http://a/b": "GET /b of a",
    "http://a:80/b?c": "GET /b of a:80",
    "HTTPS://A.example": "GET / of a.example",
    "http://a?b": "GET / of a",
    "http://a#b": "GET / of a",
    "http://[::1]:1/b": "GET /b of ::1:1",
    "http://": "400",
    "http:///b": "400",
    "http://user@a/b": "400",
    "http://a:b/": "400",
    "http://a:99999/": "400",
    "ftp://a/b": "400",
    "a/b": "400",
    "a:80": "400",
    "*": "400",
  };
  for (const [target, expected] of Object.entries(cases)) {
    const head = `GET ${target} HTTP/1.1\r\nHost: other\r\n\r\n`;
    assertEquals(asked(head), expected, target);
  }
  assertEquals(asked("GET http://a/ HTTP/1.1\r\n\r\n"), "400");
  assertEquals(asked("GET http://a/ HTTP/1.0\r\n\r\n"), "GET / of a");
});

Deno.test("HTTP/1.1 needs one Host, and a good one (RFC 9112 §3.2)", () => {
  const bad = ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n"];
  const hosts = ["a b", "a/b", "a@b", "a:b", "::1", "[::1", "[g]", "a:70000"];
  for (const host of hosts) bad.push(`Host: ${host}\r\n`);
  for (const fields of bad) {
    assertEquals(read(`GET / HTTP/1.1\r\n${fields}\r\n`), 400, fields);
  }
  for (const fields of bad.slice(1)) {
    assertEquals(read(`GET / HTTP/1.0\r\n${fields}\r\n`), 400, fields);
  }
});

Deno.test("a head that is none is refused as soon as that is clear", () => {
  const starts = [
    "\x16",
    "GET / HTTP/1.1\r\nHost: a\0",
    "\r\n\r\n",
    "GET /\r\n",
    "GET / HTTP/0.9\n",
    "GET / HTTP/2.0\r\n",
    "GET  / HTTP/1.1\r\n",
    "GET / x HTTP/1.1\r\n",
    "GET\t/ HTTP/1.1\r\n",
    "G\rET / HTTP/1.1\r\n",
    "get / HTTP/1.1\r\n",
    "PRI * HTTP/2.0\r\n",
    "GET / HTTP/1.1\r\nno colon\r\n",
    "GET / HTTP/1.1\r\n: no name\r\n",
    "GET / HTTP/1.1\r\nHost : a\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n",
  ];
  for (const start of starts) {
    assertEquals(read(start), 400, JSON.stringify(start));
  }
});

Deno.test("every value of a field is kept", () => {
  const request = read(
    "GET / HTTP/1.1\r\nHost: a\r\nOrigin: b\r\nORIGIN: c: d\r\n__proto__: e\r\n\r\n",
  ) as HttpRequest;
  assertEquals(request.fields.get("origin"), ["b", "c: d"]);
});

Deno.test("a head of 8 KiB is taken, a longer one is refused before it ends", () => {
  const start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const padding = "x".repeat(8192 - start.length - 4);
  assertEquals(asked(`${start}${padding}\r\n\r\n`), "GET / of a");
  assertEquals(read(`${start}${padding}xxxx`), 431);
  assertEquals(read("x".repeat(9000)), 431);
  assertEquals(read(`GET / HTTP/1.1\r\n${"a:\r\n".repeat(3000)}`), 431);
});

Deno.test("every byte is looked at once, however many pieces they come in", () => {
  let looks = 0;
  class Watched extends Uint8Array {
    override *[Symbol.iterator](): ArrayIterator<number> {
      for (const byte of Array.from(this.values())) {
        looks++;
        yield byte;
      }
    }
  }
  const reader = new HttpRequestReader();
  for (let i = 0; i < 8000; i++) reader.take(new Watched([120]));
  assertEquals(looks, 8000);
});
