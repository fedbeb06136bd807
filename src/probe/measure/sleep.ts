/**
 * Waiting that can be called off.
 *
 * @module
 */

/** Waits so many milliseconds, or until `signal`. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, ms);
  const stop = () => over.resolve();
  signal.addEventListener("abort", stop, { once: true });
  await over.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
}
