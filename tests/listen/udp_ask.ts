/**
 * Sends one datagram, and prints who answers; for tests in another network.
 *
 * Usage: deno run --unstable-net --allow-net tests/listen/udp_ask.ts LOCAL HOSTNAME PORT
 *
 * @module
 */

const [local, hostname, port] = Deno.args;
const socket = Deno.listenDatagram({
  transport: "udp",
  hostname: local,
  port: 0,
});
const server = { transport: "udp" as const, hostname, port: Number(port) };
await socket.send(new TextEncoder().encode("hello"), server);
const [, from] = await socket.receive();
console.log((from as Deno.NetAddr).hostname);
Deno.exit();
