/**
 * @module
 */

/** Gives 0, 1, 2 and so on, as a service's resources do. */
export function counter(): () => number {
  let next = 0;
  return () => next++;
}
