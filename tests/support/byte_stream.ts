/**
 * Streams of any length that are sent and checked without being held.
 *
 * @module
 */

import { assertBytes } from "./assertions.ts";
import { pseudoRandomBytes, writeAll } from "./clients.ts";

const BLOCK = 64 * 1024;

/** A gigabyte, in whole blocks and a bit. */
export const GIGABYTE = 1_000_000_000;

/** Bytes of which no two blocks are alike: what is lost, doubled or out of place shows. */
class Blocks {
  readonly #block = pseudoRandomBytes(BLOCK);
  readonly #view = new DataView(this.#block.buffer);

  /** The block at an index. Good until the next call. */
  at(index: number): Uint8Array {
    this.#view.setUint32(0, index);
    return this.#block;
  }
}

/**
 * Sends a stream to an echo, half-closes, and checks that exactly the same comes
 * back and then the end.
 *
 * @param onReceived Told after each read how many bytes have come back.
 */
export async function exchangeStream(
  connection: Deno.TcpConn,
  length: number,
  onReceived?: (total: number) => void,
): Promise<void> {
  await Promise.all([
    send(connection, length),
    check(connection, length, onReceived),
  ]);
}

async function send(connection: Deno.TcpConn, length: number): Promise<void> {
  const blocks = new Blocks();
  for (let at = 0; at < length; at += BLOCK) {
    const block = blocks.at(at / BLOCK);
    await writeAll(connection, block.subarray(0, length - at));
  }
  await connection.closeWrite();
}

async function check(
  connection: Deno.TcpConn,
  length: number,
  onReceived?: (total: number) => void,
): Promise<void> {
  const blocks = new Blocks();
  const buffer = new Uint8Array(BLOCK);
  let at = 0;
  while (true) {
    // Never past the end of a block, so that one comparison does.
    const offset = at % BLOCK;
    const read = await connection.read(buffer.subarray(offset));
    if (read === null) break;
    const expected = blocks.at((at - offset) / BLOCK);
    const end = offset + read;
    assertBytes(buffer.subarray(offset, end), expected.subarray(offset, end));
    at += read;
    onReceived?.(at);
  }
  if (at !== length) throw new Error(`${at} bytes came back of ${length}`);
}
