/** After each message, the next message of a `MessageChannel`, which all share. */
import { listenAndEcho } from "./listen.ts";

const { port1, port2 } = new MessageChannel();
let turn: PromiseWithResolvers<void> | undefined;
port1.onmessage = () => {
  const { resolve } = turn!;
  turn = undefined;
  resolve();
};

listenAndEcho(() => {
  if (turn === undefined) {
    turn = Promise.withResolvers<void>();
    port2.postMessage(null);
  }
  return turn.promise;
});
