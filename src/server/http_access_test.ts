import { assertEquals } from "@std/assert";
import { refusalOf } from "./http_access.ts";
import { type HttpRequest, HttpRequestReader } from "./http_request.ts";

const ON_LOOPBACK = { loopback: true, hosts: ["mynah.example"] };
const ELSEWHERE = { loopback: false, hosts: ["mynah.example"] };

function isRefused(
  access: { loopback: boolean; hosts: readonly string[] },
  method: string,
  fields: readonly string[],
  target = "/",
): boolean {
  const head = [`${method} ${target} HTTP/1.1`, ...fields, "", ""].join("\r\n");
  const reader = new HttpRequestReader();
  const request = reader.take(new TextEncoder().encode(head)) as HttpRequest;
  return refusalOf(request, access) !== undefined;
}

const KNOWN = [
  "127.0.0.1",
  "127.0.0.1:9090",
  "127.0.0.1.",
  "192.0.2.7:1",
  "[::1]",
  "[::1]:9090",
  "[2001:DB8::7]:9090",
  "localhost",
  "LocalHost:9090",
  "localhost.:9090",
  "mynah.example",
  "MYNAH.example.:80",
];
const FOREIGN = [
  "",
  ":9090",
  "evil.example",
  "evil.example:9090",
  "mynah.example.evil.example",
  "xmynah.example",
  "localhost.evil.example",
  "localhost..",
  "127.0.0.1.evil.example",
  "127.1",
  "0x7f.0.0.1",
  "2130706433",
  "127.0.0.1%00",
];

Deno.test("on loopback every request is for an IP address, localhost or a listed name", () => {
  for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
    for (const host of KNOWN) {
      assertEquals(
        isRefused(ON_LOOPBACK, method, [`Host: ${host}`]),
        false,
        host,
      );
    }
    for (const host of FOREIGN) {
      assertEquals(
        isRefused(ON_LOOPBACK, method, [`Host: ${host}`]),
        true,
        host,
      );
    }
  }
});

Deno.test("on loopback the host of an absolute target counts", () => {
  const ask = (target: string, host: string) =>
    isRefused(ON_LOOPBACK, "GET", [`Host: ${host}`], target);
  assertEquals(ask("http://evil.example/metrics", "127.0.0.1"), true);
  assertEquals(ask("http://127.0.0.1:9090/metrics", "evil.example"), false);
});

Deno.test("elsewhere any host may read, and a program may post", () => {
  for (const host of [...KNOWN, ...FOREIGN]) {
    for (const method of ["GET", "HEAD", "POST"]) {
      assertEquals(
        isRefused(ELSEWHERE, method, [`Host: ${host}`]),
        false,
        host,
      );
    }
  }
});

const GOOD_POSTS: readonly (readonly string[])[] = [
  ["Host: 127.0.0.1:9090", "Origin: http://127.0.0.1:9090"],
  ["Host: localhost:9090", "Origin: http://LOCALHOST:9090"],
  ["Host: [::1]:9090", "Origin: http://[::1]:9090"],
  ["Host: mynah.example", "Origin: http://mynah.example"],
  ["Host: mynah.example", "Origin: http://mynah.example:80"],
  ["Host: mynah.example:443", "Origin: https://mynah.example"],
  ["Host: 127.0.0.1:9090", "Sec-Fetch-Site: same-origin"],
  ["Host: 127.0.0.1:9090", "Sec-Fetch-Site: none"],
];
const BAD_POSTS: readonly (readonly string[])[] = [
  ["Host: 127.0.0.1:9090", "Origin: http://evil.example"],
  ["Host: 127.0.0.1:9090", "Origin: http://evil.example:9090"],
  ["Host: 127.0.0.1:9090", "Origin: http://127.0.0.1:9091"],
  ["Host: 127.0.0.1:9090", "Origin: http://127.0.0.1"],
  ["Host: 127.0.0.1:9090", "Origin: http://localhost:9090"],
  ["Host: 127.0.0.1:9090", "Origin: ftp://127.0.0.1:9090"],
  ["Host: 127.0.0.1:9090", "Origin: http://127.0.0.1:9090@evil.example"],
  ["Host: 127.0.0.1:9090", "Origin: null"],
  ["Host: 127.0.0.1:9090", "Origin:"],
  ["Host: 127.0.0.1", "Origin: http://127.0.0.1, http://evil.example"],
  ["Host: 127.0.0.1", "Origin: http://127.0.0.1", "Origin: http://e.example"],
  ["Host: 127.0.0.1:9090", "Sec-Fetch-Site: cross-site"],
  ["Host: 127.0.0.1:9090", "Sec-Fetch-Site: same-site"],
  ["Host: 127.0.0.1:9090", "Sec-Fetch-Site:"],
  ["Host: h", "Sec-Fetch-Site: none", "Sec-Fetch-Site: cross-site"],
  [
    "Host: 127.0.0.1:9090",
    "Origin: http://127.0.0.1:9090",
    "Sec-Fetch-Site: cross-site",
  ],
  // Its own name was given this address, so that its Host and its Origin are the same.
  [
    "Host: evil.example:9090",
    "Origin: http://evil.example:9090",
    "Sec-Fetch-Site: same-origin",
  ],
];

Deno.test("a POST of a web page is obeyed when the page is this address's own, wherever that is", () => {
  for (const access of [ON_LOOPBACK, ELSEWHERE]) {
    for (const fields of GOOD_POSTS) {
      assertEquals(isRefused(access, "POST", fields), false, fields.join());
    }
    for (const fields of BAD_POSTS) {
      assertEquals(isRefused(access, "POST", fields), true, fields.join());
    }
  }
});

Deno.test("a GET of a foreign page is answered: the browser keeps the answer from it", () => {
  const fields = ["Host: 127.0.0.1", "Origin: http://evil.example"];
  for (const access of [ON_LOOPBACK, ELSEWHERE]) {
    assertEquals(isRefused(access, "GET", fields), false);
  }
});

Deno.test("HTTP/1.0 without a Host comes from no browser", () => {
  const head = new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n");
  const request = new HttpRequestReader().take(head) as HttpRequest;
  assertEquals(refusalOf(request, ON_LOOPBACK), undefined);
});
