/**
 * A stream of bytes as lines.
 *
 * @module
 */

const NEWLINE = 0x0a;

/**
 * Splits input after each LF; the last line may have none. Takes time and memory
 * for each byte once, however the input is cut.
 *
 * @param mostBytes How long a line may be, its LF included.
 * @param refuse Told of each longer line, which is left out.
 */
export async function* splitLines(
  input: AsyncIterable<Uint8Array>,
  mostBytes: number,
  refuse: (reason: string) => void,
): AsyncGenerator<Uint8Array> {
  /** The line so far, unless it is too long. */
  let pieces: Uint8Array[] = [];
  let length = 0;
  let lineNumber = 0;

  function add(piece: Uint8Array): void {
    length += piece.length;
    if (length <= mostBytes) pieces.push(piece);
    else pieces = [];
  }
  function* endLine(): Generator<Uint8Array> {
    lineNumber++;
    if (length <= mostBytes) yield join(pieces, length);
    else {
      refuse(
        `line ${lineNumber} has ${length} bytes, more than the ${mostBytes} of a datagram`,
      );
    }
    pieces = [];
    length = 0;
  }

  for await (const chunk of input) {
    let start = 0;
    for (let next; (next = chunk.indexOf(NEWLINE, start) + 1) > 0;) {
      add(chunk.subarray(start, next));
      start = next;
      yield* endLine();
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (length > 0) yield* endLine();
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const line = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    line.set(piece, at);
    at += piece.length;
  }
  return line;
}
