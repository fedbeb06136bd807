/**
 * Descriptors kept for `admin` and for reloads. When the services have used up
 * all others, a liveness check would otherwise fail, and whoever watches would
 * end the program with everybody who is connected.
 *
 * No program may ask Deno how many descriptors it has left. So some are held open
 * for nothing, and given up when they are needed. Until they are back, services
 * leave the free ones alone, in every thread.
 *
 * @module
 */

/** Enough for some requests at once, or for the files and the addresses of a reload. */
const SPARE = 32;
/** How often it is tried to get them back. */
const REFILL_MS = 100;
/** A folder that every Unix has; Windows opens no folder, and has no limit either. */
const ANY_FOLDER = "/";

/** Whether the spare descriptors are given up at present, as every thread sees it. */
export class DescriptorShortage {
  /** What the threads share. */
  readonly memory: SharedArrayBuffer;
  readonly #flag: Int32Array;

  /** @param memory That of another thread; absent for a new one. */
  constructor(memory = new SharedArrayBuffer(4)) {
    this.memory = memory;
    this.#flag = new Int32Array(memory);
  }

  get now(): boolean {
    return Atomics.load(this.#flag, 0) === 1;
  }

  set now(short: boolean) {
    Atomics.store(this.#flag, 0, short ? 1 : 0);
  }
}

/** The spare descriptors of the process: for the main thread alone. */
export class SpareDescriptors {
  readonly shortage = new DescriptorShortage();
  #held: Deno.FsFile[] = [];
  /** How many there are to be. */
  #wanted = 0;
  /** How many pieces of work need those that were given up. */
  #users = 0;
  #refill: ReturnType<typeof setTimeout> | undefined;

  /** Takes them, once the addresses are bound: at most half of those that are left. */
  take(): void {
    const all = openAtMost(2 * SPARE);
    this.#wanted = Math.floor(all.length / 2);
    this.#held = all.splice(0, this.#wanted);
    close(all);
  }

  /** Gives them up. Returns whether there were any. */
  giveUp(): boolean {
    const any = this.#held.length > 0;
    // First, or a service would take them.
    this.shortage.now = this.#wanted > 0;
    close(this.#held.splice(0));
    this.#refillLater();
    return any;
  }

  /** Does work that needs descriptors: with those that are free, or if they are few, with these. */
  async use<T>(work: () => T | Promise<T>): Promise<T> {
    const free = openAtMost(SPARE);
    close(free);
    this.#users++;
    if (free.length < SPARE) this.giveUp();
    try {
      return await work();
    } finally {
      this.#users--;
    }
  }

  #refillLater(): void {
    clearTimeout(this.#refill);
    this.#refill = setTimeout(() => {
      if (this.#users === 0) {
        this.#held.push(...openAtMost(this.#wanted - this.#held.length));
      }
      if (this.#held.length < this.#wanted) this.#refillLater();
      else this.shortage.now = false;
    }, REFILL_MS);
  }
}

/** Whether the process, or the system, has no descriptor left. */
export function isShortage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "EMFILE" || code === "ENFILE";
}

function openAtMost(count: number): Deno.FsFile[] {
  const files: Deno.FsFile[] = [];
  try {
    while (files.length < count) files.push(Deno.openSync(ANY_FOLDER));
  } catch {
    // There are no more: what else should there be to say of this folder?
  }
  return files;
}

function close(files: readonly Deno.FsFile[]): void {
  for (const file of files) file.close();
}
