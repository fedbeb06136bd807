/**
 * The numbers of one service, in one flat array.
 *
 * Listeners add to it on the hot path and metrics read it at a scrape. Flat, so
 * that it can lie in memory that threads share: each thread adds to an array of
 * its own, without a lock, and a scrape sums them.
 *
 * @module
 */

const NAMES = [
  "accepted",
  "refused_denied",
  "refused_max_connections",
  "refused_max_connections_per_client",
  "refused_proxy_header_malformed",
  "refused_proxy_header_timeout",
  "ended",
  "stream_bytes_in",
  "stream_bytes_out",
  "datagrams_in",
  "datagrams_out",
  "datagram_bytes_in",
  "datagram_bytes_out",
  "silent_source_port",
  "silent_own_port",
  "silent_source_address",
  "silent_denied",
  "silent_rate",
  "silent_newcomers",
  "silent_amplification",
  "silent_loop",
  "silent_send_blocked",
  "silent_failed",
  "seconds_sum",
] as const;

/** The name of a number. */
export type CounterName = typeof NAMES[number];

/** The upper bounds of the histogram of connection durations, in seconds. */
export const DURATION_BOUNDS = [0.01, 0.1, 1, 10, 60, 600, 3600] as const;

/** Where each number lies: constants, which the hot path indexes with. */
export const AT = Object.fromEntries(
  NAMES.map((name, i) => [name, i]),
) as Readonly<Record<CounterName, number>>;

const DURATIONS_AT = NAMES.length;
const LENGTH = DURATIONS_AT + DURATION_BOUNDS.length + 1;

/** Makes memory for the numbers of one thread. */
export function countersMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(LENGTH * Float64Array.BYTES_PER_ELEMENT);
}

/** What one thread has counted for one service since the program started. */
export class Counters {
  /** The numbers themselves, at the places that {@linkcode AT} names. */
  readonly values: Float64Array;

  constructor(memory: SharedArrayBuffer = countersMemory()) {
    this.values = new Float64Array(memory);
  }

  /** What several threads have counted together, up to now. */
  static sum(all: readonly Counters[]): Counters {
    const sum = new Counters();
    for (const { values } of all) {
      for (let i = 0; i < LENGTH; i++) sum.values[i] += values[i];
    }
    return sum;
  }

  /** Reads one number. */
  get(name: CounterName): number {
    return this.values[AT[name]];
  }

  /** Counts an ended connection's duration in. */
  addDuration(seconds: number): void {
    let bucket = DURATION_BOUNDS.findIndex((bound) => seconds <= bound);
    if (bucket === -1) bucket = DURATION_BOUNDS.length;
    this.values[DURATIONS_AT + bucket]++;
    this.values[AT.seconds_sum] += seconds;
    this.values[AT.ended]++;
  }

  /** How many connections ended within each bound, and at last all of them: cumulative, as Prometheus wants it. */
  durations(): number[] {
    let sum = 0;
    return [...this.values.subarray(DURATIONS_AT)].map((count) => sum += count);
  }
}
