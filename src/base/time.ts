/**
 * Waiting: for a time, for other work to run, and for work with a time limit.
 *
 * @module
 */

import { formatDuration } from "./duration.ts";

/** Waits `ms` milliseconds, or until `signal` aborts. */
export async function delay(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  const timer = setTimeout(end, ms);
  signal?.addEventListener("abort", end, { once: true });
  await over.promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
}

/** Lets everything else that waits have its turn of the event loop, such as clients while a config is read. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Resolves when `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Whether `work` is done before the time is over or `cancel` says so. */
export async function settledWithin(
  work: Promise<unknown>,
  ms: number,
  cancel?: AbortSignal,
): Promise<boolean> {
  if (cancel?.aborted) return false;
  const over = Promise.withResolvers<false>();
  const end = () => over.resolve(false);
  const timer = setTimeout(end, ms);
  cancel?.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work.then(() => true), over.promise]);
  } finally {
    clearTimeout(timer);
    cancel?.removeEventListener("abort", end);
  }
}

/** The time was over first. */
export class TimeLimitError extends Error {
  override name = "TimeLimitError";

  constructor(readonly ms: number) {
    super(`no answer within ${formatDuration(ms)}`);
  }
}

/** Whether work failed because it was called off, and not for a reason of its own or a time limit. */
export function isCalledOff(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && error === signal.reason &&
    !(error instanceof TimeLimitError);
}

/**
 * Does some work, and aborts it if it takes too long; then the reason of its
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
 * @throws The reason of `signal`, if it aborts first.
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
