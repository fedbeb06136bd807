import { assertEquals } from "@std/assert";
import { Mutex } from "./mutex.ts";

const TIMES = 10_000;

/** Adds 1 so many times, in steps that only a lock keeps together. */
const ADDER = `
import { Mutex } from ${JSON.stringify(new URL("./mutex.ts", import.meta.url))};
onmessage = ({ data: numbers }) => {
  const mutex = new Mutex(numbers, 0);
  for (let i = 0; i < ${TIMES}; i++) {
    mutex.lock();
    numbers[1] = numbers[1] + 1;
    mutex.unlock();
  }
  postMessage("done");
};
`;

Deno.test("a mutex lets one thread in at a time", async () => {
  const numbers = new Int32Array(new SharedArrayBuffer(8));
  const url = `data:application/javascript,${encodeURIComponent(ADDER)}`;
  const workers = Array.from(
    { length: 4 },
    () => new Worker(url, { type: "module" }),
  );
  await Promise.all(workers.map(async (worker) => {
    const done = Promise.withResolvers<unknown>();
    worker.onmessage = done.resolve;
    worker.postMessage(numbers);
    await done.promise;
    worker.terminate();
  }));
  assertEquals(numbers[1], workers.length * TIMES);
  const mutex = new Mutex(numbers, 0);
  mutex.lock();
  mutex.unlock();
  assertEquals(numbers[0], 0);
});
