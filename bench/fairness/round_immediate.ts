/** Rounds whose ticks are `setImmediate`. */
import { setImmediate } from "node:timers";
import { listenInRounds } from "./round.ts";

listenInRounds(() => new Promise<void>((resolve) => setImmediate(resolve)));
