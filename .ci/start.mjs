// Runs the README's first command, asks each service what a newcomer would ask,
// and ends it: node .ci/start.mjs npx -y deno@2.9.6 task start
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

const HOST = "127.0.0.1";
const HELLO = "hello\n";

/** What a service answers over TCP, until it closes. */
async function askTcp(port) {
  const socket = connect(port, HOST);
  socket.end(HELLO);
  return await text(socket);
}

/** What a service answers to a datagram. */
async function askUdp(port) {
  const socket = createSocket("udp4");
  socket.send(HELLO, port, HOST);
  const [datagram] = await once(socket, "message");
  socket.close();
  return String(datagram);
}

/** The first line of a stream that matches. */
async function findLine(stream, pattern) {
  let seen = "";
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    const found = pattern.exec(seen);
    if (found) return found;
  }
  throw new Error(`Ended without ${pattern}:\n${seen}`);
}

const [program, ...args] = process.argv.slice(2);
// A group of its own, so that whatever happens none of it is left.
const child = spawn(program, args, {
  stdio: ["ignore", "inherit", "pipe"],
  detached: true,
});
const ended = once(child, "exit");
const life = setTimeout(() => process.kill(-child.pid, "SIGKILL"), 120_000);
try {
  const [line, pid] = await findLine(child.stderr, /ready .*pid=(\d+).*\n/);
  child.stderr.resume();
  process.stdout.write(line);
  const echoed = [await askTcp(10007), await askUdp(10007)];
  const quotes = [await askTcp(10017), await askUdp(10017)];
  console.log(echoed, quotes);
  if (echoed.some((answer) => answer !== HELLO)) throw new Error("no echo");
  if (quotes.some((answer) => !/.\r\n$/.test(answer))) {
    throw new Error("no quote");
  }
  process.kill(Number(pid), "SIGTERM");
  const [code] = await ended;
  if (code !== 0) throw new Error(`ended with ${code}`);
} finally {
  clearTimeout(life);
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing is left of it.
  }
}
