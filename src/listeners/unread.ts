/**
 * @module
 */

/** What a stream is made on: a connection, or one of whose input a part was read already. */
export type Duplex = Pick<Deno.TcpConn, "read" | "write">;

/** A connection and the bytes that were read from it too early: a service reads these first. */
export class Unread implements Duplex {
  readonly #connection: Duplex;
  #bytes: Uint8Array;

  constructor(connection: Duplex, bytes: Uint8Array) {
    this.#connection = connection;
    this.#bytes = bytes;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#bytes.length === 0) return this.#connection.read(buffer);
    const taken = this.#bytes.subarray(0, buffer.length);
    buffer.set(taken);
    this.#bytes = this.#bytes.subarray(taken.length);
    return Promise.resolve(taken.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#connection.write(bytes);
  }
}
