/**
 * @module
 */

/** What can be in a {@linkcode ConnectionList}. */
export interface Listed {
  /** Where it is in the list: for the list alone. */
  place: number;
}

/**
 * The open connections, in no order.
 *
 * Not a `Set`: one that many come to and leave makes itself a new table again and
 * again, and each table that was given up refers to the next. Once one of them is
 * old, V8 keeps all after it, with whatever was in them, until it collects the old
 * generation: in a flood of connections every short collection then copied 3 MB,
 * and took ten to twenty times as long.
 */
export class ConnectionList<Connection extends Listed> {
  readonly #all: Connection[] = [];

  get size(): number {
    return this.#all.length;
  }

  add(connection: Connection): void {
    connection.place = this.#all.length;
    this.#all.push(connection);
  }

  /** Removes one that is in the list. */
  remove(connection: Connection): void {
    const last = this.#all.pop()!;
    if (last === connection) return;
    this.#all[connection.place] = last;
    last.place = connection.place;
  }

  /** Calls `visit` for each; it may remove the one that it is given. */
  forEach(visit: (connection: Connection) => void): void {
    for (let i = this.#all.length - 1; i >= 0; i--) visit(this.#all[i]);
  }
}
