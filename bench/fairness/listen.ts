/**
 * What the variants share: a listener, and how they are started.
 *
 *     deno run -A --unstable-net VARIANT.ts PORT
 *
 * @module
 */

const options: Deno.TcpListenOptions & { tcpBacklog: number } = {
  hostname: "127.0.0.1",
  port: Number(Deno.args[0]),
  tcpBacklog: 4096,
};

/** Serves every connection with `serve`, which returns when the client closes. */
export async function listen(
  serve: (conn: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  for await (const conn of Deno.listen(options)) {
    conn.setNoDelay(true);
    serve(conn).catch(() => {}).finally(() => conn.close());
  }
}

/** An echo loop that does `between` after each message. */
export function listenAndEcho(
  between: () => Promise<void> | undefined,
): Promise<void> {
  return listen(async (conn) => {
    const buffer = new Uint8Array(64 * 1024);
    while (true) {
      const length = await conn.read(buffer);
      if (length === null) return;
      await writeAll(conn, buffer.subarray(0, length));
      const wait = between();
      if (wait !== undefined) await wait;
    }
  });
}

/** Writes all of it. */
export async function writeAll(
  conn: Deno.TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await conn.write(
      written === 0 ? bytes : bytes.subarray(written),
    );
  }
}
