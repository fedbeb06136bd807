/**
 * Writes lines to standard error without ever blocking the program.
 *
 * A reader that stalls costs bounded memory, and one that is gone costs nothing.
 * Connections notice neither: lines are lost and counted instead. Writing resumes
 * as soon as possible, and says how many lines were lost.
 *
 * @module
 */

import { delay, nextTurn } from "../base/time.ts";
import { reasonOf } from "../base/reason.ts";

/** So much may wait for a slow reader; further lines are dropped. */
const MAX_WAITING_BYTES = 1024 * 1024;

/** A pipe that another program has made non-blocking fails when it is full instead of waiting: try again after this. */
const FULL_RETRY_MS = 20;

/** After a failed write, try again after this, and after each further one after twice as long. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 3000;

/** The reason for lines that a slow reader did not take. */
const STALLED = "nobody read them in time";

/** Where bytes go: `Deno.stderr`, or a test's own. */
export interface Sink {
  write(bytes: Uint8Array): Promise<number>;
}

/** What else a writer may be given. */
export interface LineWriterOptions {
  /** Called when writing goes on after lines were lost: what it writes comes first. */
  readonly onLost?: (lines: number, reason: string) => void;
}

const encoder = new TextEncoder();
const LINE_END = 0x0a;

/** Writes lines in order, those that wait in one piece, and drops what a slow or absent reader does not take. */
export class LineWriter {
  readonly #sink: Sink;
  readonly #onLost: LineWriterOptions["onLost"];
  #waiting: string[] = [];
  #waitingLength = 0;
  #writing: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #lost = 0;
  /** How many of the lost lines were told of. */
  #told = 0;
  #reason = "";
  /** Whether the last line that went out lacks its end. */
  #torn = false;

  constructor(sink: Sink, { onLost }: LineWriterOptions = {}) {
    this.#sink = sink;
    this.#onLost = onLost;
  }

  /** Lines that could not be written so far. */
  get lost(): number {
    return this.#lost;
  }

  /** Takes a line, without its line end. Never throws and never waits. */
  write(line: string): void {
    if (this.#waitingLength + line.length > MAX_WAITING_BYTES) {
      this.#lose(1, STALLED);
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    this.#start();
  }

  /** Counts lines that were lost on their way to this writer. */
  addLost(lines: number): void {
    if (lines === 0) return;
    this.#lose(lines, STALLED);
    this.#start();
  }

  /** Resolves when everything taken so far is written or known to be lost. */
  async flush(): Promise<void> {
    if (this.#retry !== undefined) this.#tryAgain();
    while (this.#writing) await this.#writing;
  }

  #start(): void {
    if (this.#retry === undefined) this.#writing ??= this.#writeWaiting();
  }

  #lose(lines: number, reason: string): void {
    this.#lost += lines;
    this.#reason = reason;
  }

  async #writeWaiting(): Promise<void> {
    // One turn later, so that lines of the same moment leave in one piece: each write wakes a thread.
    await nextTurn();
    let failed = false;
    while (!failed && (this.#waiting.length > 0 || this.#lost > this.#told)) {
      failed = !await this.#writePiece();
    }
    if (failed) this.#tryLater();
    else this.#retryMs = FIRST_RETRY_MS;
    this.#writing = undefined;
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => this.#tryAgain(), this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
  }

  #tryAgain(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#start();
  }

  /** Writes what waits. Returns whether it went out: what did not is lost. */
  async #writePiece(): Promise<boolean> {
    const lines = this.#takeWaiting();
    const lost = this.#lost;
    if (lost > this.#told) this.#onLost?.(lost - this.#told, this.#reason);
    const notice = this.#takeWaiting();
    const piece = [...notice, ...lines].map((line) => `${line}\n`).join("");
    let rest = encoder.encode(this.#torn ? `\n${piece}` : piece);
    try {
      while (rest.length > 0) {
        const length = await this.#writeSome(rest);
        if (length > 0) this.#torn = rest[length - 1] !== LINE_END;
        rest = rest.subarray(length);
      }
      this.#told = lost;
      return true;
    } catch (error) {
      // EPIPE, ENOSPC, EIO: there is no other place to say so, and the next try may go well.
      const unwritten = rest.filter((byte) => byte === LINE_END).length;
      if (unwritten <= lines.length) this.#told = lost;
      this.#lose(
        Math.min(unwritten, lines.length),
        reasonOf(error),
      );
      return false;
    }
  }

  #takeWaiting(): readonly string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    return lines;
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    try {
      return await this.#sink.write(bytes);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await delay(FULL_RETRY_MS);
      return 0;
    }
  }
}
