/**
 * A flood of connections to an admin address, and clients that ask it how it is
 * meanwhile. Prints what they were answered, as JSON.
 *
 * Usage: deno run --allow-net tests/attack/admin_flood.ts KIND PORT FLOODED_HOST ASKED_HOST...
 *
 * A connection to an address of this machine comes from that same address: so the
 * flood is one client, and each host that is asked is another.
 *
 * @module
 */

/** How many connections of the flood are open at once. */
const CROWD = 300;
/** So many join every so often: some hundreds a second. */
const JOINING = 4;
const PAUSE_MS = 10;
/** How often each host is asked. */
const ASKED = 40;

const encoder = new TextEncoder();
const HEAD = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n";

/** What a connection of the flood sends, in pieces. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  silent: [],
  half: [HEAD],
  slow: Array.from(HEAD),
  answered: [`${HEAD}\r\n`],
  metrics: ["GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
  reloads: ["POST /-/reload HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
  long: ["GET /", "x".repeat(8000)],
  bytes: Array.from("x".repeat(2000)),
  junk: ["\x16\x03\x01\x02\x00\x01"],
  pipelined: [`${HEAD}\r\n`.repeat(100)],
};

const [kind, portText, flooded, ...hosts] = Deno.args;
const port = Number(portText);
const pieces = KINDS[kind].map((piece) => encoder.encode(piece));
const crowd: Deno.TcpConn[] = [];
let opened = 0;
let done = false;

async function join(): Promise<void> {
  try {
    const connection = await Deno.connect({ hostname: flooded, port });
    crowd.push(connection);
    opened++;
    for (const piece of pieces) await connection.write(piece);
  } catch {
    // It was thrown out: that is what a flood is to meet.
  }
  if (crowd.length >= CROWD) crowd.shift()!.close();
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

async function flood(): Promise<void> {
  while (!done) {
    for (let i = 0; i < JOINING; i++) join();
    await pause();
  }
}

async function ask(hostname: string): Promise<string> {
  try {
    using connection = await Deno.connect({ hostname, port });
    await connection.write(encoder.encode(`${HEAD}\r\n`));
    const buffer = new Uint8Array(1024);
    const length = await connection.read(buffer);
    const answer = new TextDecoder().decode(buffer.subarray(0, length ?? 0));
    return /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "no answer";
  } catch (error) {
    return (error as Error).name;
  }
}

flood();
while (opened < CROWD) await pause();
const answers: Record<string, Record<string, number>> = {};
await Promise.all(hosts.map(async (host) => {
  const counts: Record<string, number> = answers[host] = {};
  for (let i = 0; i < ASKED; i++) {
    const answer = await ask(host);
    counts[answer] = (counts[answer] ?? 0) + 1;
    await pause();
  }
}));
done = true;
console.log(JSON.stringify({ answers, opened }));
Deno.exit();
