/**
 * Small servers for tests, good and bad ones.
 *
 * @module
 */

/** A server on a port of its own. */
export interface Server extends Disposable {
  readonly address: Deno.NetAddr;
}

/** An address at which nobody listens. */
export function nobody(transport: "tcp" | "udp"): Deno.NetAddr {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { ...listener.addr, transport };
}

/** Serves TCP connections one way or another. What the handler throws when the test is over is nobody's concern. */
export function tcpServer(
  handle: (connection: Deno.TcpConn) => void | Promise<void>,
): Server {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.TcpConn>();
  async function serve(connection: Deno.TcpConn): Promise<void> {
    connections.add(connection);
    try {
      await handle(connection);
      connections.delete(connection);
      connection.close();
    } catch {
      // Closed by either side.
    }
  }
  async function accept(): Promise<void> {
    for await (const connection of listener) serve(connection);
  }
  accept();
  return {
    address: listener.addr,
    [Symbol.dispose]() {
      listener.close();
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // Closed already.
        }
      }
    },
  };
}

/** A TCP port at which connecting hangs: its queue is full, and nobody takes anything from it (Linux). */
export async function fullServer(): Promise<Server> {
  const listener = Deno.listen({
    hostname: "127.0.0.1",
    port: 0,
    tcpBacklog: 1,
  });
  const { hostname, port } = listener.addr;
  const waiting = [
    await Deno.connect({ hostname, port }),
    await Deno.connect({ hostname, port }),
  ];
  return {
    address: listener.addr,
    [Symbol.dispose]() {
      for (const connection of waiting) connection.close();
      listener.close();
    },
  };
}

/** Answers each datagram with what the handler makes of it; nothing, when it makes nothing. */
export function udpServer(
  answer: (datagram: Uint8Array) => Uint8Array | undefined,
  hostname = "127.0.0.1",
): Server {
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  async function serve(): Promise<void> {
    for await (const [datagram, sender] of socket) {
      const bytes = answer(datagram);
      if (bytes) await socket.send(bytes, sender);
    }
  }
  serve();
  return {
    address: socket.addr as Deno.NetAddr,
    [Symbol.dispose]: () => socket.close(),
  };
}

/** Sends datagrams back as they are. */
export function udpEcho(hostname?: string): Server {
  return udpServer((datagram) => datagram, hostname);
}

/** Sends everything back, until the other side closes. */
export function tcpEcho(): Server {
  return tcpServer(async (connection) => {
    const buffer = new Uint8Array(65536);
    for (let n; (n = await connection.read(buffer)) !== null;) {
      await send(connection, buffer.subarray(0, n));
    }
  });
}

/** Writes all of something. */
export async function send(
  connection: Deno.Conn,
  content: string | Uint8Array,
): Promise<void> {
  let rest = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
}

/** Waits until the other side closes, and reads nothing that matters. */
export async function drain(connection: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(65536);
  while (await connection.read(buffer) !== null);
}
