/**
 * Lines to standard error that never hold up the program.
 *
 * A reader that stalls costs bounded memory, one that has gone costs nothing,
 * and neither is noticed by a connection: lines are lost and counted instead.
 *
 * @module
 */

/** So much may wait for a slow reader; further lines are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** A pipe that another program has made non-blocking fails when it is full instead of waiting: try again after this. */
const FULL_RETRY_MS = 20;

/** Where bytes go: `Deno.stderr`, or a test's own. */
export interface Sink {
  write(bytes: Uint8Array): Promise<number>;
}

const encoder = new TextEncoder();

/** Writes lines in order, those that wait in one piece, and drops what a slow or absent reader does not take. */
export class LineWriter {
  readonly #sink: Sink;
  #waiting: string[] = [];
  #waitingLength = 0;
  #writing: Promise<void> | undefined;
  #dropped = 0;
  #closed = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Lines that could not be written so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a line, without its line end. Never throws and never waits. */
  write(line: string): void {
    if (
      this.#closed || this.#waitingLength + line.length > MAX_WAITING_BYTES
    ) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    this.#writing ??= this.#writeWaiting();
  }

  /** Resolves when everything taken so far is written or known to be lost. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    // One turn later, so that lines of the same moment leave in one piece: each write wakes a thread.
    await new Promise((resolve) => setTimeout(resolve));
    while (this.#waiting.length > 0 && !this.#closed) {
      const lines = this.#waiting;
      this.#waiting = [];
      this.#waitingLength = 0;
      let rest = encoder.encode(lines.join("\n") + "\n");
      try {
        while (rest.length > 0) {
          rest = rest.subarray(await this.#writeSome(rest));
        }
      } catch {
        // Nobody reads any more (EPIPE, EBADF), and there is no other place to say so.
        this.#closed = true;
        this.#dropped += lines.length + this.#waiting.length;
        this.#waiting = [];
      }
    }
    this.#writing = undefined;
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    try {
      return await this.#sink.write(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await new Promise((resolve) => setTimeout(resolve, FULL_RETRY_MS));
      return 0;
    }
  }
}
