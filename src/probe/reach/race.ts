/**
 * Several addresses for one name: tried so that a dead one costs little.
 *
 * @module
 */

/** How long an address has before the next one is tried too (RFC 8305 §5). */
const HEAD_START_MS = 250;

/** Options for {@linkcode race}. */
export interface RaceOptions<T> {
  /** Gives back what an attempt got after another one had won. */
  readonly discard: (late: T) => void;
  /** How long an attempt has before the next one starts beside it, in milliseconds. */
  readonly headStartMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Attempts each candidate, the next one as soon as the ones before have failed or
 * had their head start, until one succeeds (Happy Eyeballs, RFC 8305 §5).
 *
 * @throws {AggregateError} The errors of all candidates, in their order.
 * @throws The reason of `signal`, when that comes first.
 */
export async function race<T>(
  candidates: readonly string[],
  attempt: (candidate: string, signal: AbortSignal) => Promise<T>,
  { discard, headStartMs = HEAD_START_MS, signal }: RaceOptions<T>,
): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const finish = Promise.withResolvers<T>();
  const errors: unknown[] = [];
  let failed = 0;
  let next = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function startNext(): void {
    clearTimeout(timer);
    if (over.signal.aborted || next === candidates.length) return;
    const index = next++;
    timer = setTimeout(startNext, headStartMs);
    attempt(candidates[index], over.signal).then(win, (error) => {
      errors[index] = error;
      if (++failed < candidates.length) return startNext();
      finish.reject(new AggregateError(errors));
    });
  }
  function win(value: T): void {
    if (over.signal.aborted) return discard(value);
    over.abort();
    finish.resolve(value);
  }
  function giveUp(): void {
    over.abort();
    finish.reject(signal.reason);
  }

  signal.addEventListener("abort", giveUp, { once: true });
  startNext();
  try {
    return await finish.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}
