/**
 * Buffers for datagrams.
 *
 * A receive keeps its buffer for as long as it waits, and two cannot share one:
 * both may be done before either is read. So a thousand idle ports have a
 * thousand buffers. They are cut from large pieces, for which the system
 * provides memory only when and where something is written: a buffer takes as
 * much as its largest datagram had.
 *
 * @module
 */

/** The largest UDP payload is 65,507 bytes over IPv4 and 65,527 over IPv6. */
const MAX_DATAGRAM = 65_536;
const BUFFERS_PER_PIECE = 64;

const free: Uint8Array[] = [];

/** Takes a buffer for the largest datagram that there may be. */
export function takeBuffer(): Uint8Array {
  if (free.length === 0) {
    const piece = new ArrayBuffer(BUFFERS_PER_PIECE * MAX_DATAGRAM);
    for (let at = piece.byteLength; at > 0;) {
      at -= MAX_DATAGRAM;
      free.push(new Uint8Array(piece, at, MAX_DATAGRAM));
    }
  }
  return free.pop()!;
}

/** Gives it back. */
export function returnBuffer(buffer: Uint8Array): void {
  free.push(buffer);
}
