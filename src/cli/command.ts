/**
 * The shape of a command, and what it gets.
 *
 * @module
 */

/** The signals that a command may wait for. */
export interface Signals {
  /** SIGTERM or SIGINT arrived: finish. */
  readonly stop: AbortSignal;
  /** It arrived again: end at once. */
  readonly force: AbortSignal;
  /** Calls `reload` for each SIGHUP from now on, and at once for one that came before. */
  onReload(reload: () => void): void;
  /** Calls `report` for each SIGQUIT from now on. */
  onQuit(report: () => void): void;
}

/** The world as a command sees it; tests give it another. */
export interface World {
  /** Writes to standard output; false when nobody reads it any more. */
  print(text: string): boolean;
  /** Writes to standard error. */
  complain(text: string): void;
  /** Where a worker begins: `src/workers/thread.ts`, or what became of it. */
  readonly workerModule: URL;
  /** Where the thread begins that reads a config again: `src/config/parse_thread.ts`, or what became of it. */
  readonly configModule: URL;
  /**
   * Takes over SIGTERM and SIGINT. Until a command asks for them, they end the
   * program as they end any other.
   *
   * @param reloads Whether to take over SIGHUP too. Elsewhere it ends the program
   * with its terminal, or does nothing after `nohup`, which only the system knows.
   */
  signals(options?: { reloads?: boolean }): Signals;
}

/** A command: one file, one line in the table. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The text of `--help`. */
  readonly help: string;
  /**
   * Runs the command with the arguments after its name.
   *
   * @returns The exit code.
   * @throws {UsageError} When the arguments are wrong.
   */
  run(args: readonly string[], world: World): number | Promise<number>;
}

/** Arguments that a command does not take. */
export class UsageError extends Error {
  override name = "UsageError";
}
