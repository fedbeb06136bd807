import { assert, assertEquals, assertRejects } from "@std/assert";
import { ADDRESSES, MemoryStream } from "../../tests/support/fakes.ts";
import { httpService, type Routes } from "./http_service.ts";

const ROUTES: Routes = {
  "/hello": { GET: () => ({ status: 200, body: "héllo\n" }) },
  "/later": { GET: () => Promise.resolve({ status: 503, body: "later\n" }) },
  "/csv": { GET: () => ({ status: 200, body: "a,b\n", type: "text/csv" }) },
  "/do": { POST: () => ({ status: 200, body: "done\n" }) },
  "/bug": {
    GET() {
      throw new Error("a bug");
    },
  },
};

interface Answer {
  readonly status: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function parse(bytes: Uint8Array): Answer {
  const [head, ...body] = new TextDecoder().decode(bytes).split("\r\n\r\n");
  const [status, ...fields] = head.split("\r\n");
  const headers = fields.map((field) => field.split(": "));
  return {
    status,
    headers: Object.fromEntries(headers),
    body: body.join("\r\n\r\n"),
  };
}

/** Sends a request in these pieces, and returns the raw answer. */
async function sendRaw(pieces: readonly string[]): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const stream = new MemoryStream(pieces.map((piece) => encoder.encode(piece)));
  await httpService(ROUTES).stream(stream);
  return stream.written;
}

async function send(...pieces: string[]): Promise<Answer> {
  return parse(await sendRaw(pieces));
}

async function statusOf(...pieces: string[]): Promise<string> {
  return (await send(...pieces)).status;
}

Deno.test("httpService answers GET with the body and what it is", async () => {
  const { status, headers, body } = await send(
    "GET /hello HTTP/1.1\r\nHost: here\r\n\r\n",
  );
  assertEquals(status, "HTTP/1.1 200 OK");
  assertEquals(body, "héllo\n");
  assertEquals(headers, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": "7",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
  });
});

Deno.test("httpService answers HEAD with what GET has, less the body", async () => {
  const get = await send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  const head = await send("HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  assertEquals(head, { ...get, body: "" });
});

Deno.test("httpService answers POST where a route takes it", async () => {
  const { status, body } = await send(
    "POST /do HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
  );
  assertEquals([status, body], ["HTTP/1.1 200 OK", "done\n"]);
});

Deno.test("httpService takes a handler's status and type", async () => {
  assertEquals(
    await statusOf("GET /later HTTP/1.1\r\nHost: h\r\n\r\n"),
    "HTTP/1.1 503 Service Unavailable",
  );
  const { headers } = await send("GET /csv HTTP/1.1\r\nHost: h\r\n\r\n");
  assertEquals(headers["Content-Type"], "text/csv");
});

Deno.test("httpService finds the path without its query", async () => {
  for (const target of ["/hello?a=b", "/hello#c", "/hello?"]) {
    assertEquals(
      await statusOf(`GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`),
      "HTTP/1.1 200 OK",
      target,
    );
  }
});

Deno.test("httpService answers 404 for every other path", async () => {
  const others = ["/", "/hello/", "/Hello", "//hello", "/%68ello", "/toString"];
  for (const path of [...others, "/__proto__", "/constructor"]) {
    const { status, body } = await send(
      `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`,
    );
    assertEquals([status, body], [
      "HTTP/1.1 404 Not Found",
      "not found\n",
    ], path);
  }
});

Deno.test("httpService answers 405 for another method, and which are allowed", async () => {
  for (
    const [request, allow] of [
      ["POST /hello", "GET, HEAD"],
      ["DELETE /hello", "GET, HEAD"],
      ["OPTIONS /hello", "GET, HEAD"],
      ["GET /do", "POST"],
      ["HEAD /do", "POST"],
    ]
  ) {
    const { status, headers } = await send(
      `${request} HTTP/1.1\r\nHost: h\r\n\r\n`,
    );
    assertEquals(status, "HTTP/1.1 405 Method Not Allowed", request);
    assertEquals(headers["Allow"], allow, request);
  }
});

Deno.test("httpService answers 400 to what is no HTTP/1 request", async () => {
  for (
    const junk of [
      "\r\n\r\n",
      "hello\r\n\r\n",
      "GET /hello\r\n\r\n",
      "get /hello HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET  /hello HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET hello HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /hello HTTP/2.0\r\n\r\n",
      "GET /hello HTTP/1.1x\r\n\r\n",
      "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n",
    ]
  ) {
    assertEquals(
      await statusOf(junk),
      "HTTP/1.1 400 Bad Request",
      JSON.stringify(junk),
    );
  }
});

Deno.test("httpService answers 431 to a head that is too long", async () => {
  const field = `X: ${"x".repeat(10_000)}\r\n`;
  assertEquals(
    await statusOf(`GET /hello HTTP/1.1\r\n${field}\r\n`),
    "HTTP/1.1 431 Request Header Fields Too Large",
  );
});

Deno.test("httpService takes a head that just fits", async () => {
  const start = "GET /hello HTTP/1.1\r\nHost: h\r\nX: ";
  const padding = "x".repeat(8192 - start.length - "\r\n\r\n".length);
  const fits = `${start}${padding}\r\n\r\n`;
  assertEquals(await statusOf(fits), "HTTP/1.1 200 OK");
  assertEquals(
    await statusOf(fits.replace("X:", "X: ")),
    "HTTP/1.1 431 Request Header Fields Too Large",
  );
});

Deno.test("httpService answers 408 to a client that never comes to an end", async () => {
  const stream = new MemoryStream();
  stream.read = () => new Promise(() => {});
  await httpService(ROUTES, { headMs: 1 }).stream(stream);
  assertEquals(
    parse(stream.written).status,
    "HTTP/1.1 408 Request Timeout",
  );
});

Deno.test("httpService puts together a request that comes byte by byte", async () => {
  const request = "GET /hello HTTP/1.1\r\nHost: here\r\n\r\n";
  assertEquals(await statusOf(...request), "HTTP/1.1 200 OK");
});

Deno.test("httpService takes lines that end with a bare line feed", async () => {
  assertEquals(await statusOf("GET /hello HTTP/1.0\n\n"), "HTTP/1.1 200 OK");
});

Deno.test("httpService answers one request, whatever comes after it", async () => {
  const request = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  const answer = await sendRaw([request]);
  assertEquals(await sendRaw([request + request]), answer);
  assertEquals(await sendRaw([request, "junk", request]), answer);
  assertEquals(await sendRaw(["\r\n" + request]), answer);
});

Deno.test("httpService says nothing to a client that leaves before the end of its request", async () => {
  assertEquals(await sendRaw([]), new Uint8Array());
  assertEquals(
    await sendRaw(["GET /hello HTTP/1.1\r\nHost:"]),
    new Uint8Array(),
  );
});

Deno.test("httpService passes on that a client's connection broke", async () => {
  const stream = new MemoryStream([new Deno.errors.ConnectionReset("reset")]);
  await assertRejects(
    () => httpService(ROUTES).stream(stream),
    Deno.errors.ConnectionReset,
  );
  assertEquals(stream.written, new Uint8Array());
});

Deno.test("httpService answers 500 without a word of why, and passes the reason on", async () => {
  const stream = new MemoryStream([
    new TextEncoder().encode("GET /bug HTTP/1.1\r\nHost: h\r\n\r\n"),
  ]);
  await assertRejects(() => httpService(ROUTES).stream(stream), Error, "a bug");
  const { status, body } = parse(stream.written);
  assertEquals(status, "HTTP/1.1 500 Internal Server Error");
  assertEquals(body, "internal server error\n");
});

Deno.test("httpService tells nothing that the client sent or the server is", async () => {
  for (const path of ["/secret-path", "/hello", "/do"]) {
    const request =
      `GET ${path} HTTP/1.1\r\nHost: h\r\nX: secret-field\r\n\r\n`;
    const text = new TextDecoder().decode(await sendRaw([request]));
    assert(!/secret|mynah|deno|server:/i.test(text), text);
  }
});

Deno.test("httpService has no answer to a datagram", () => {
  assertEquals(
    httpService(ROUTES).datagram!(
      new Uint8Array(1),
      ADDRESSES.client,
      ADDRESSES.local,
    ),
    null,
  );
});
