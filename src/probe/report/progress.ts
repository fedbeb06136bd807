/**
 * A line that tells how a long run goes, and leaves nothing behind.
 *
 * @module
 */

import type { Flow } from "../measure/flow.ts";
import { formatLoss } from "./format.ts";
import { addUpCounts, lossPercent } from "../figures/statistics.ts";

/** A shorter run needs none. */
const FIRST_MS = 1000;
const EVERY_MS = 500;
const CLEAR_LINE = "\r\x1b[K";

/** The figures of a run that goes on: what is under way is not yet lost. */
export function describeSoFar(flows: readonly Flow[]): string {
  const counts = addUpCounts(flows.map(({ ledger }) => ledger.statistics));
  const pending = flows.reduce((sum, { ledger }) => sum + ledger.pending, 0);
  const settled = { ...counts, due: counts.due - pending };
  return `${counts.sent} sent, ${counts.received} received, ` +
    formatLoss(lossPercent(settled));
}

/** Rewrites one line of a terminal. */
export class Progress {
  readonly #write: (text: string) => void;
  #nextMs = FIRST_MS;
  #shown = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  tick(flows: readonly Flow[], elapsedMs: number): void {
    if (elapsedMs < this.#nextMs) return;
    this.#nextMs = elapsedMs + EVERY_MS;
    this.#shown = true;
    const seconds = Math.floor(elapsedMs / 1000);
    this.#write(`${CLEAR_LINE}${seconds} s: ${describeSoFar(flows)}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#shown) this.#write(CLEAR_LINE);
    this.#shown = false;
  }
}
