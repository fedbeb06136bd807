/**
 * What Deno does by itself: the plainest TCP echo, UDP echo and TCP quote that
 * are correct, without limits, counting, logging or closing politely. The
 * measure for mynah.
 *
 *     deno_bare ECHO_PORT QUOTE_PORT [BUFFER_BYTES]
 *
 * @module
 */

const QUOTE = new TextEncoder().encode(
  "The wren earns his living, noiselessly. (Chinese proverb)\r\n",
);

const [echoPort, quotePort, bufferBytes = 64 * 1024] = Deno.args.map(Number);

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await conn.write(bytes.subarray(written));
  }
}

async function echo(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  const buffer = new Uint8Array(bufferBytes);
  while (true) {
    const length = await conn.read(buffer);
    if (length === null) return;
    await writeAll(conn, buffer.subarray(0, length));
  }
}

function tell(conn: Deno.TcpConn): Promise<void> {
  return writeAll(conn, QUOTE);
}

async function serve(
  conn: Deno.TcpConn,
  answer: (conn: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  try {
    await answer(conn);
  } catch {
    // The client is gone.
  }
  conn.close();
}

async function accept(
  port: number,
  answer: (conn: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  const options: Deno.TcpListenOptions & { tcpBacklog: number } = {
    hostname: "127.0.0.1",
    port,
    tcpBacklog: 4096,
  };
  for await (const conn of Deno.listen(options)) serve(conn, answer);
}

async function echoDatagrams(port: number): Promise<void> {
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: "127.0.0.1",
    port,
  });
  const buffer = new Uint8Array(64 * 1024);
  while (true) {
    const [datagram, sender] = await socket.receive(buffer);
    await socket.send(datagram, sender);
  }
}

accept(echoPort, echo);
accept(quotePort, tell);
echoDatagrams(echoPort);
