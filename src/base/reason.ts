/**
 * @module
 */

/** What an error says, for a line of the log or the end of a sentence. Not everything that is thrown is an `Error`. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
