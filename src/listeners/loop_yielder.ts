/**
 * @module
 */

/**
 * Lets whatever else is ready have its turn: with a message to itself, which
 * waits in the same queue as they do. A timer would do as well, but waits for a
 * millisecond or two while nothing happens.
 */
export class LoopYielder {
  #channel: MessageChannel | undefined;
  #done: (() => void) | undefined;

  /** Resolves when they have had it. Call it again only after that. */
  async take(): Promise<void> {
    // Kept, since creating and closing one each time costs twice as much.
    const { port1 } = this.#channel ??= this.#open();
    const done = Promise.withResolvers<void>();
    this.#done = done.resolve;
    port1.postMessage(undefined);
    await done.promise;
  }

  /** Stops waiting for good. An open channel would keep the program alive. */
  close(): void {
    this.#channel?.port1.close();
    this.#channel?.port2.close();
    this.#done?.();
  }

  #open(): MessageChannel {
    const channel = new MessageChannel();
    channel.port2.onmessage = () => this.#done?.();
    return channel;
  }
}
