/**
 * Beats at exact times.
 *
 * @module
 */

/** What a metronome is told. */
interface Beats {
  /** Milliseconds since the epoch, with fractions. */
  readonly startAt: number;
  readonly everyMs: number;
}

/** The part of a worker's global scope that is used. */
interface Scope {
  onmessage: ((event: MessageEvent<Beats>) => void) | null;
  postMessage(message: null): void;
}

/**
 * A timer of the event loop is late by up to two milliseconds, which would end up in
 * every measurement; asking the clock in a loop would keep replies from being read.
 * So a thread of its own sleeps until each beat (late by some 50 µs) and reports it.
 */
export class Metronome {
  readonly #worker: Worker;
  #onBeat: () => void;

  /** Makes one that is ready to start. */
  static async create(): Promise<Metronome> {
    const ready = Promise.withResolvers<void>();
    const metronome = new Metronome(ready.resolve);
    await ready.promise;
    return metronome;
  }

  private constructor(onReady: () => void) {
    this.#onBeat = onReady;
    // The function's own text: no file that would have to be found at run time.
    const source = `(${beat})(self)`;
    this.#worker = new Worker(
      `data:application/javascript,${encodeURIComponent(source)}`,
      { type: "module" },
    );
    this.#worker.onmessage = () => this.#onBeat();
  }

  /**
   * Starts.
   *
   * @param startAt When the first beat is due, by `performance.now()`.
   */
  start(startAt: number, everyMs: number, onBeat: () => void): void {
    this.#onBeat = onBeat;
    const beats: Beats = { startAt: performance.timeOrigin + startAt, everyMs };
    this.#worker.postMessage(beats);
  }

  stop(): void {
    this.#onBeat = () => {};
    this.#worker.terminate();
  }
}

/** Runs in the worker, where nothing of this file is known. */
function beat(scope: Scope): void {
  scope.onmessage = ({ data: { startAt, everyMs } }) => {
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    const start = startAt - performance.timeOrigin;
    for (let beat = 0;;) {
      const waitMs = start + beat * everyMs - performance.now();
      if (waitMs > 0) Atomics.wait(nobody, 0, 0, waitMs);
      scope.postMessage(null);
      // Beats that are over are left out: whoever listens knows what was due.
      beat = Math.max(
        beat + 1,
        Math.ceil((performance.now() - start) / everyMs),
      );
    }
  };
  scope.postMessage(null);
}
