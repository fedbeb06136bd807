/**
 * A flow that goes nowhere, for what reads only its books.
 *
 * @module
 */

import type { Flow } from "../../src/probe/measure/flow.ts";
import type { Ledger } from "../../src/probe/measure/ledger.ts";

/** Makes a flow of a ledger. */
export function flowOf(ledger: Ledger): Flow {
  return { ledger, open: true, waiting: 0, send() {}, expire() {}, close() {} };
}
