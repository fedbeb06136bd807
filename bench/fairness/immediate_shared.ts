/** After each message, the next `setImmediate`, which all share. */
import { setImmediate } from "node:timers";
import { listenAndEcho } from "./listen.ts";

let turn: Promise<void> | undefined;

listenAndEcho(() =>
  turn ??= new Promise((resolve) =>
    setImmediate(() => {
      turn = undefined;
      resolve();
    })
  )
);
