/**
 * What is no request, or more than one: each costs its sender a status, and
 * nobody else anything.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { readAll, writeAll } from "../support/clients.ts";
import { http } from "../support/admin.ts";
import { Mynah } from "../support/mynah.ts";
import { LINUX, testWith } from "../support/needs.ts";

const encoder = new TextEncoder();
const GET = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n";

/** What is sent, and the status of the one answer; 0 is none. */
const ATTACKS: readonly (readonly [string, string | Uint8Array, number])[] = [
  ["nothing", "", 0],
  ["half a head", GET, 0],
  ["HTTP/0.9", "GET /healthz\r\n", 400],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["TLS", Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252), 400],
  ["zeros", new Uint8Array(20_000), 400],
  ["a thousand requests", `${GET}\r\n`.repeat(1000), 200],
  ["a field of a megabyte", `${GET}X: ${"x".repeat(1e6)}\r\n\r\n`, 431],
  ["100,000 fields", `${GET}${"a: b\r\n".repeat(1e5)}\r\n`, 431],
  ["empty lines alone", "\r\n".repeat(100), 400],
  ["a bare CR", `GET /healthz HTTP/1.1\r${GET}\r\n\r\n`, 400],
  ["a NUL", `${GET}X: \0\r\n\r\n`, 400],
  ["a field with a space", `${GET}Host : evil.example\r\n\r\n`, 400],
  ["a folded field", `${GET}X: y\r\n z\r\n\r\n`, 400],
  ["CONNECT", "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  [
    "a chunked body and another request in it",
    `${GET}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${GET}\r\n`,
    200,
  ],
  [
    "a body that never comes",
    `${GET}Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n`,
    200,
  ],
];

for (const workers of [1, 2]) {
  testWith(
    workers === 1 ? [] : [LINUX],
    `the admin address answers junk once and for all, with ${workers} workers`,
    async () => {
      await using mynah = await Mynah.configured({
        workers,
        admin: "127.0.0.1:0",
        services: [{ name: "e", type: "echo", listen: "tcp://127.0.0.1:0" }],
      });
      const { admin } = mynah;
      for (const [name, attack, status] of ATTACKS) {
        assertEquals(await answersTo(admin, attack, status), status, name);
      }
      assertEquals((await http(admin, "GET", "/healthz")).status, 200);
    },
  );
}

/** Sends something, says that no more comes, and returns the status of the answer if it is one. */
async function answersTo(
  { hostname, port }: Deno.NetAddr,
  attack: string | Uint8Array,
  status: number,
): Promise<number | string> {
  using connection = await Deno.connect({ hostname, port });
  const bytes = typeof attack === "string" ? encoder.encode(attack) : attack;
  let text: string;
  try {
    const answer = readAll(connection);
    await writeAll(connection, bytes);
    await connection.closeWrite();
    text = new TextDecoder().decode(await answer);
  } catch (error) {
    // More was sent than anybody reads: the system says so before the answer is read.
    if (!isBroken(error) || bytes.length < 256 * 1024) throw error;
    return status;
  }
  const answers = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)];
  if (answers.length > 1) return text;
  return Number(answers.at(0)?.[1] ?? 0);
}

function isBroken(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe;
}
