/**
 * Tests that count every datagram, on a machine that may drop some.
 *
 * @module
 */

/** Where Linux counts, for each processor, what its queue of packets had no room for. */
const COUNTERS = "/proc/net/softnet_stat";
const TRIES = 5;

/** How many packets the system itself has dropped, those of loopback included. */
function dropped(): number {
  let counters: string;
  try {
    counters = Deno.readTextFileSync(COUNTERS);
  } catch {
    return 0; // Not counted here: then nothing is forgiven.
  }
  return counters.trim().split("\n").reduce(
    (sum, line) => sum + Number.parseInt(line.split(/\s+/)[1], 16),
    0,
  );
}

/** `Deno.test` for what must lose nothing; repeated only if the system dropped packets meanwhile, as it does under anybody's flood. */
export function testLossless(name: string, fn: () => Promise<void>): void {
  Deno.test(name, async () => {
    for (let tries = 1;; tries++) {
      const before = dropped();
      try {
        return await fn();
      } catch (error) {
        if (dropped() === before || tries === TRIES) throw error;
      }
    }
  });
}
