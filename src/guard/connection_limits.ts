/**
 * How many TCP connections a service has open, and whether one more may come.
 *
 * @module
 */

/** Why a connection was refused. */
export type Refusal = "max_connections" | "max_connections_per_client";

/** Counts a service's connections, on all of its addresses together, against its limits. */
export class ConnectionLimits {
  /** The most at once; changed by a reload, for the connections that come after it. */
  maxConnections = Infinity;
  /** The most at once from one client. */
  maxConnectionsPerClient = Infinity;
  #open = 0;
  readonly #perClient = new Map<string, number>();
  #left: PromiseWithResolvers<void> | undefined;

  /** How many connections are open. */
  get open(): number {
    return this.#open;
  }

  /** Whether `max_connections` are open. */
  get full(): boolean {
    return this.#open >= this.maxConnections;
  }

  /**
   * Counts a new connection in.
   *
   * @param client As {@linkcode clientKey} names it.
   * @returns Why it must be closed instead; then it is not counted.
   */
  enter(client: string): Refusal | undefined {
    if (this.full) return "max_connections";
    const mine = this.#perClient.get(client) ?? 0;
    if (mine >= this.maxConnectionsPerClient) {
      return "max_connections_per_client";
    }
    this.#open++;
    this.#perClient.set(client, mine + 1);
  }

  /** Counts a connection out that {@linkcode enter} counted in. */
  leave(client: string): void {
    this.#open--;
    const mine = this.#perClient.get(client) ?? 0;
    if (mine > 1) this.#perClient.set(client, mine - 1);
    else this.#perClient.delete(client);
    this.wake();
  }

  /** Resolves when a connection leaves, or at {@linkcode wake}. */
  whenFewer(): Promise<void> {
    this.#left ??= Promise.withResolvers<void>();
    return this.#left.promise;
  }

  /** Has those who wait look again: the limits have changed, or they are to stop. */
  wake(): void {
    this.#left?.resolve();
    this.#left = undefined;
  }
}
