/**
 * Exit codes, after BSD's sysexits(3) where it has one.
 *
 * @module
 */

/** What the exit code tells the caller. */
export const ExitCode = {
  /** Done. */
  OK: 0,
  /** Wrong usage (EX_USAGE). */
  USAGE: 64,
  /** An address could not be bound (EX_UNAVAILABLE). */
  UNAVAILABLE: 69,
  /** A bug (EX_SOFTWARE). */
  SOFTWARE: 70,
  /** Too few threads, or too little memory, for the workers (EX_OSERR). */
  OS: 71,
  /** Standard output could not be written (EX_IOERR). */
  IO: 74,
  /** A bad config (EX_CONFIG). */
  CONFIG: 78,
} as const;
