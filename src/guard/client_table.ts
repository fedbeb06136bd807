/**
 * How many connections each client has, and each wider network of clients, counted by all threads of the process in
 * one table.
 *
 * A hash table with linear probing, in shared memory. A place is free when its
 * total is 0. Removing an entry moves later entries up, so that a search can end
 * at the first free place. Each thread has its own count, so that the counts of a
 * thread that died can be removed.
 *
 * @module
 */

import type { ThreadSlot } from "../base/thread_slot.ts";
import { scatter } from "../base/hash.ts";
import type { Network } from "./client_key.ts";
import { Mutex } from "./mutex.ts";

/** More clients at once than most machines have descriptors for. Memory costs nothing before its first use. */
const PLACES = 1 << 18;
/** Beyond this, searches would become slow: further clients are not counted. */
const MOST_CLIENTS = PLACES / 4 * 3;

// The head of the table.
const LOCK = 0;
const SALT = 1;
const CLIENTS = 2;
const HEAD = 3;

// The fields of a place: the client, its connections in total, and those of each thread.
const KIND = 0;
const HIGH = 1;
const LOW = 2;
const SERVICE = 3;
const TOTAL = 4;
const SHARES = 5;

/** Counts connections by client and service. To be used between `lock` and `unlock`, when no other thread does. */
export class ClientTable {
  /** What the threads share. */
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #thread: number;
  /** How many numbers a place has. */
  readonly #size: number;
  readonly #mutex: Mutex;
  readonly lock: () => void;
  readonly unlock: () => void;

  /**
   * @param threads How many threads count in it, and which of them this is.
   * @param memory That of the same table in another thread; absent for a new one.
   */
  constructor({ threads, thread }: ThreadSlot, memory?: SharedArrayBuffer) {
    this.#thread = thread;
    this.#size = SHARES + threads;
    this.memory = memory ??
      new SharedArrayBuffer(4 * (HEAD + PLACES * this.#size));
    this.#numbers = new Int32Array(this.memory);
    this.#mutex = new Mutex(this.#numbers, LOCK);
    this.lock = () => this.#mutex.lock();
    this.unlock = () => this.#mutex.unlock();
    if (memory) return;
    // So that an attacker cannot choose addresses that share a place.
    this.#numbers[SALT] = crypto.getRandomValues(new Int32Array(1))[0];
  }

  /** How many connections a client has to a service, those of all threads together. */
  count(client: Network, service: number): number {
    return this.#numbers[this.#find(client, service) + TOTAL];
  }

  /** Counts a connection in. Returns whether there was room to do so. */
  add(client: Network, service: number): boolean {
    const numbers = this.#numbers;
    const at = this.#find(client, service);
    if (numbers[at + TOTAL] === 0) {
      if (numbers[CLIENTS] === MOST_CLIENTS) return false;
      numbers[CLIENTS]++;
      numbers[at + KIND] = client.kind;
      numbers[at + HIGH] = client.high;
      numbers[at + LOW] = client.low;
      numbers[at + SERVICE] = service;
    }
    numbers[at + TOTAL]++;
    numbers[at + SHARES + this.#thread]++;
    return true;
  }

  /** Counts a connection of this thread out. */
  remove(client: Network, service: number): void {
    const numbers = this.#numbers;
    const at = this.#find(client, service);
    if (numbers[at + SHARES + this.#thread] === 0) return; // It was not counted.
    numbers[at + SHARES + this.#thread]--;
    if (--numbers[at + TOTAL] === 0) this.#free(at);
  }

  /** Counts all connections of a thread out, which has died. */
  forget(thread: number): void {
    const numbers = this.#numbers;
    const end = HEAD + PLACES * this.#size;
    for (let at = HEAD; at < end; at += this.#size) {
      const share = numbers[at + SHARES + thread];
      if (share === 0) continue;
      numbers[at + SHARES + thread] = 0;
      numbers[at + TOTAL] -= share;
      if (numbers[at + TOTAL] > 0) continue;
      this.#free(at);
      at -= this.#size; // Another may have moved up to here.
    }
  }

  /** Where a client stands, or the free place for it. */
  #find({ kind, high, low }: Network, service: number): number {
    const numbers = this.#numbers;
    let place = this.#home(kind, high, low, service);
    while (true) {
      const at = HEAD + place * this.#size;
      if (
        numbers[at + TOTAL] === 0 ||
        (numbers[at + LOW] === low && numbers[at + HIGH] === high &&
          numbers[at + SERVICE] === service && numbers[at + KIND] === kind)
      ) return at;
      place = (place + 1) & (PLACES - 1);
    }
  }

  #home(kind: number, high: number, low: number, service: number): number {
    const salt = this.#numbers[SALT];
    const mixed = scatter(
      scatter(scatter(scatter(salt ^ service) ^ kind) ^ high) ^ low,
    );
    return mixed & (PLACES - 1);
  }

  /** Closes the gap that a place leaves: Knuth, The Art of Computer Programming 3, 6.4, algorithm R. */
  #free(at: number): void {
    const numbers = this.#numbers;
    numbers[CLIENTS]--;
    let gap = (at - HEAD) / this.#size;
    numbers.fill(0, at, at + this.#size);
    let place = gap;
    while (true) {
      place = (place + 1) & (PLACES - 1);
      const next = HEAD + place * this.#size;
      if (numbers[next + TOTAL] === 0) return;
      const home = this.#home(
        numbers[next + KIND],
        numbers[next + HIGH],
        numbers[next + LOW],
        numbers[next + SERVICE],
      );
      const fromHome = (place - home) & (PLACES - 1);
      const fromGap = (place - gap) & (PLACES - 1);
      if (fromHome < fromGap) continue; // It stands between its home and the gap's far side: found as it is.
      numbers.copyWithin(HEAD + gap * this.#size, next, next + this.#size);
      numbers.fill(0, next, next + this.#size);
      gap = place;
    }
  }
}
