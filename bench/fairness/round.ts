/**
 * Rounds: who was served waits until nobody was served during a whole `tick` of
 * the event loop, for this many ticks: then everyone who was ready had its turn.
 *
 * @module
 */
import { listenAndEcho } from "./listen.ts";

/** Serves in rounds that `tick` divides. */
export function listenInRounds(
  tick: () => Promise<unknown>,
  quietTicks = 2,
): void {
  let round: PromiseWithResolvers<void> | undefined;
  let served = 0;

  async function endRound(): Promise<void> {
    for (let quiet = 0; quiet < quietTicks; quiet++) {
      await tick();
      if (served > 0) quiet = -1;
      served = 0;
    }
    const { resolve } = round!;
    round = undefined;
    resolve();
  }

  listenAndEcho(() => {
    served++;
    if (round === undefined) {
      round = Promise.withResolvers<void>();
      endRound();
    }
    return round.promise;
  });
}
