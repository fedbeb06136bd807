/** After each message, the next timer, which all share. */
import { listenAndEcho } from "./listen.ts";

let turn: Promise<void> | undefined;

listenAndEcho(() =>
  turn ??= new Promise((resolve) =>
    setTimeout(() => {
      turn = undefined;
      resolve();
    }, 0)
  )
);
