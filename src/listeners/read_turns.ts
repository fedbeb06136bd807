/**
 * Turns: keeps busy connections from starving each other.
 *
 * Deno's sockets live on tokio, which lets a task do 128 operations and puts the
 * others off; then it asks the kernel for news, puts those in front, and wakes
 * what it had put off behind them, the last one first. With more than 128 busy
 * connections the news are those that were served a moment ago: they go round
 * and round among themselves, and the rest waits for seconds, new connections
 * included. Besides, every round looks at all that wait, for nothing.
 *
 * So a connection that was served goes to the end of a queue before it reads
 * again. The queue moves on when a batch has been served, and a batch is so small
 * that its reads and writes stay within the 128. Whoever is in the queue has its
 * next message in the socket by then, mostly: the read completes at once.
 *
 * While few connections are open nobody waits, and nothing is counted.
 *
 * @module
 */

/** Up to so many connections cannot use up the 128. */
const FREE = 100;
/** So many read before the queue moves on: each reads and writes, and some of the 128 are left for new connections. */
const BATCH = 32;
/** When so many were served in one go, tokio has put off others: nobody from the queue joins them. */
const CROWD = 120;
/** The messages that one go of the event loop brings are handled side by side, in microtasks; after this many steps all of them are counted. */
const STEPS = 2;
/** If nobody whose turn it is has anything to say, the queue moves on after this long. */
const PATIENCE_MS = 1;

class Batch {
  size = 0;
  readonly #turn = Promise.withResolvers<void>();
  readonly turn = this.#turn.promise;
  readonly begin = this.#turn.resolve;
}

/** Who reads when, among the connections of one thread. */
export class ReadTurns {
  /** How many connections are open. */
  #open = 0;
  /** How many may read at present, as far as they were let. */
  #reading = 0;
  /** How many messages came since the queue last moved. */
  #served = 0;
  #steps = 0;
  /** How often the queue has moved. */
  #moves = 0;
  /** How many batches go at once: more and more of them while those that went had little to say. */
  #width = 1;
  #impatient = false;
  readonly #queue: Batch[] = [];

  enter(): void {
    this.#open++;
  }

  leave(): void {
    this.#open--;
  }

  /** To be asked before each read: what to wait for, or nothing. */
  next(): Promise<void> | undefined {
    if (this.#open <= FREE) return;
    const queue = this.#queue;
    if (queue.length === 0 && this.#reading < BATCH) {
      this.#reading++;
      return;
    }
    let last = queue.at(-1);
    if (last === undefined || last.size === BATCH) {
      last = new Batch();
      queue.push(last);
      if (!this.#impatient) this.#watch();
    }
    last.size++;
    return last.turn;
  }

  /** To be told after each read that brought something. */
  served(): void {
    if (this.#open <= FREE || ++this.#served > 1) return;
    this.#steps = 0;
    queueMicrotask(this.#step);
  }

  readonly #step = () => {
    if (++this.#steps < STEPS) queueMicrotask(this.#step);
    else this.#move();
  };

  #move(): void {
    const served = this.#served;
    const crowded = served >= CROWD;
    this.#served = 0;
    this.#moves++;
    this.#width = served < BATCH / 2 ? 2 * this.#width : 1;
    this.#reading = crowded ? BATCH : 0;
    for (let i = 0; i < this.#width && !crowded; i++) {
      const batch = this.#queue.shift();
      if (batch === undefined) {
        this.#width = 1;
        break;
      }
      this.#reading += batch.size;
      batch.begin();
    }
  }

  #watch(): void {
    this.#impatient = true;
    const then = this.#moves;
    setTimeout(() => {
      this.#impatient = false;
      if (this.#moves === then) this.#move();
      if (this.#queue.length > 0) this.#watch();
    }, PATIENCE_MS);
  }
}

/** The turns of this thread's connections. */
export const turns: ReadTurns = new ReadTurns();
