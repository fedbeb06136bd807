/** Lets everything else that waits have its turn, such as clients while a config is read. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
