/**
 * Work that may only take so long.
 *
 * @module
 */

import { formatDuration } from "./duration.ts";

/** The time was over first. */
export class TimeLimitError extends Error {
  override name = "TimeLimitError";

  constructor(readonly ms: number) {
    super(`no answer within ${formatDuration(ms)}`);
  }
}

/** Whether work failed because somebody called it off, and not because of itself or of a time limit. */
export function isCalledOff(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason &&
    !(error instanceof TimeLimitError);
}

/**
 * Does some work, and aborts it when it takes too long: then the reason of its
 * signal is a {@linkcode TimeLimitError}.
 *
 * @param ms How long it may take, in milliseconds.
 * @param signal Aborts it too, with its own reason.
 */
export async function withTimeLimit<T>(
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new TimeLimitError(ms)), ms);
  try {
    return await work(
      signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    );
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for something that cannot be aborted, as long as the signal allows.
 *
 * @throws The reason of `signal`, when that comes first.
 */
export async function unlessAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const giveUp = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
