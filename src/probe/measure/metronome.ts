/**
 * Beats at exact times.
 *
 * @module
 */

/** Whose turn it is, in memory that both threads see. */
const Turn = { SLEEP: 0, LISTENER: 1, OVER: 2 } as const;
/** The clocks are compared so often; the first times are slow. */
const COMPARISONS = 5;

/** What the other thread is told: a question for its clock, or when to beat. */
type Message =
  | { readonly clock: true }
  | {
    /** By the other thread's clock. */
    readonly startAt: number;
    readonly everyMs: number;
    readonly turn: Int32Array;
  };

/** The part of a worker's global scope that is used. */
interface Scope {
  onmessage: ((event: MessageEvent<Message>) => void) | null;
  /** What its clock says, or nothing for a beat. */
  postMessage(message: number | null): void;
}

/**
 * A timer of the event loop is late by up to two milliseconds, which would end up in
 * every measurement; asking the clock in a loop would keep replies from being read.
 * So a thread of its own sleeps until each beat (late by some 50 µs) and reports it.
 * The next one comes only after the listener has returned and had time to read what
 * came in: beats that queue up would keep it from reading at all.
 */
export class Metronome {
  readonly #worker: Worker;
  readonly #turn = new Int32Array(new SharedArrayBuffer(4));
  /** What the other thread's clock is behind ours: threads start theirs at different times. */
  #offsetMs = 0;

  /** Makes one that is ready to start. */
  static async create(): Promise<Metronome> {
    const metronome = new Metronome();
    let shortestMs = Infinity;
    for (let i = 0; i < COMPARISONS; i++) {
      const asked = performance.now();
      const clock = await metronome.#askClock();
      const took = performance.now() - asked;
      if (took > shortestMs) continue;
      shortestMs = took;
      metronome.#offsetMs = asked + took / 2 - clock;
    }
    return metronome;
  }

  private constructor() {
    // The function's own text: no file that would have to be found at run time.
    const source = `(${beat})(self)`;
    this.#worker = new Worker(
      `data:application/javascript,${encodeURIComponent(source)}`,
      { type: "module" },
    );
  }

  /**
   * Starts.
   *
   * @param startAt When the first beat is due, by `performance.now()`.
   */
  start(startAt: number, everyMs: number, onBeat: () => void): void {
    this.#worker.onmessage = () => {
      if (this.#turn[0] === Turn.OVER) return;
      onBeat();
      Atomics.compareExchange(this.#turn, 0, Turn.LISTENER, Turn.SLEEP);
      Atomics.notify(this.#turn, 0);
    };
    this.#post({
      startAt: startAt - this.#offsetMs,
      everyMs,
      turn: this.#turn,
    });
  }

  stop(): void {
    Atomics.store(this.#turn, 0, Turn.OVER);
    Atomics.notify(this.#turn, 0);
    this.#worker.terminate();
  }

  async #askClock(): Promise<number> {
    const answer = Promise.withResolvers<number>();
    this.#worker.onmessage = ({ data }) => answer.resolve(data);
    this.#post({ clock: true });
    return await answer.promise;
  }

  #post(message: Message): void {
    this.#worker.postMessage(message);
  }
}

/** Runs in the worker, where nothing of this file is known. */
function beat(scope: Scope): void {
  const [SLEEP, LISTENER] = [0, 1];
  /** So long the listener has for itself between two beats: to read. */
  const REST_MS = 0.1;
  scope.onmessage = ({ data }) => {
    if ("clock" in data) return scope.postMessage(performance.now());
    const { startAt, everyMs, turn } = data;
    let at = startAt;
    while (true) {
      const waitMs = at - performance.now();
      if (waitMs > 0 && Atomics.wait(turn, 0, SLEEP, waitMs) !== "timed-out") {
        return;
      }
      if (Atomics.compareExchange(turn, 0, SLEEP, LISTENER) !== SLEEP) return;
      scope.postMessage(null);
      Atomics.wait(turn, 0, LISTENER);
      // Beats that are over are left out: whoever listens knows what was due.
      const next = performance.now() + REST_MS;
      const beats = Math.ceil((next - startAt) / everyMs);
      at = startAt +
        Math.max(beats, Math.round((at - startAt) / everyMs) + 1) * everyMs;
    }
  };
}
