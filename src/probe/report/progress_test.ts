import { assertEquals } from "@std/assert";
import { Ledger } from "../measure/ledger.ts";
import { Progress } from "./progress.ts";
import type { Flow } from "../measure/flow.ts";

/** A flow that goes nowhere, for what reads only its books. */
function flowOf(ledger: Ledger): Flow {
  return { ledger, open: true, waiting: 0, send() {}, expire() {}, close() {} };
}

Deno.test("the progress line comes after a second, now and then, and goes away", () => {
  const written: string[] = [];
  const progress = new Progress((text) => written.push(text));
  const ledger = new Ledger({ flow: 1, timeoutMs: 1e6, onEvent() {} });
  for (let i = 0; i < 4; i++) ledger.sent(0);
  ledger.arrived(1, 1, 64);
  ledger.failed(2, "");
  const flows = [flowOf(ledger)];
  for (const ms of [900, 1000, 1100, 1400, 1501]) progress.tick(flows, ms);
  progress.end();
  // Two are still under way: of the others half is lost.
  const line = "\r\x1b[K1 s: 4 sent, 1 received, 50% loss";
  assertEquals(written, [line, line, "\r\x1b[K"]);
});

Deno.test("a short run has no progress line, and nothing to take away", () => {
  const progress = new Progress(() => {
    throw new Error("nothing was to be written");
  });
  progress.tick([], 500);
  progress.end();
});
