/**
 * Waiting for work, but not for ever.
 *
 * @module
 */

/** Whether `work` is done before the time is over or `cancel` says so. */
export async function settledWithin(
  work: Promise<unknown>,
  ms: number,
  cancel: AbortSignal,
): Promise<boolean> {
  if (cancel.aborted) return false;
  const over = Promise.withResolvers<false>();
  const end = () => over.resolve(false);
  const timer = setTimeout(end, ms);
  cancel.addEventListener("abort", end, { once: true });
  try {
    return await Promise.race([work.then(() => true), over.promise]);
  } finally {
    clearTimeout(timer);
    cancel.removeEventListener("abort", end);
  }
}
