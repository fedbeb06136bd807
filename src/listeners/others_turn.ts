/**
 * @module
 */

/**
 * Resolves when whatever else is ready has had its turn: with a message to itself,
 * which waits in the same queue as they do. A timer would do as well, but waits
 * for a millisecond or two while nothing happens.
 */
export async function othersTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const turn = Promise.withResolvers<void>();
  port2.onmessage = () => turn.resolve();
  port1.postMessage(undefined);
  await turn.promise;
  port1.close();
  port2.close();
}
