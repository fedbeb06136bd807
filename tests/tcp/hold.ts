/**
 * A crowd of TCP clients: each exchanges a message with an echo and then does
 * nothing, until standard input ends; then each exchanges another.
 *
 * Usage: deno run --allow-net tests/tcp/hold.ts COUNT PORT HOSTNAME...
 *
 * @module
 */

import { echoOn } from "../support/clients.ts";

/** So many connect at once: the system's queue holds more. */
const AT_ONCE = 500;

const [count, port, ...hostnames] = Deno.args;
const crowd: Deno.TcpConn[] = [];

async function exchange(connection: Deno.TcpConn, i: number): Promise<void> {
  const message = new Uint32Array([i]);
  const answer = await echoOn(connection, new Uint8Array(message.buffer));
  if (new Uint32Array(answer.buffer)[0] !== i) throw new Error(`${i} differs`);
}

/** Calls a function for 0, 1, … `count` - 1, a part of them at a time. */
async function forEach(fn: (i: number) => Promise<void>): Promise<void> {
  for (let i = 0; i < Number(count); i += AT_ONCE) {
    const length = Math.min(AT_ONCE, Number(count) - i);
    await Promise.all(Array.from({ length }, (_, j) => fn(i + j)));
  }
}

await forEach(async (i) => {
  const hostname = hostnames[i % hostnames.length];
  crowd[i] = await Deno.connect({ hostname, port: Number(port) });
  await exchange(crowd[i], i);
});
console.log("holding");
await new Response(Deno.stdin.readable).text();
await forEach((i) => exchange(crowd[i], i));
console.log("still there");
Deno.exit();
