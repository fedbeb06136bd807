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

/** Takes the lock and keeps it for good. */
const KEEPER = `
import { Mutex } from ${JSON.stringify(new URL("./mutex.ts", import.meta.url))};
onmessage = ({ data: numbers }) => {
  new Mutex(numbers, 0).lock();
  postMessage("locked");
  while (true);
};
`;

Deno.test("a lock whose holder was ended is taken from it", async () => {
  const numbers = new Int32Array(new SharedArrayBuffer(8));
  const url = `data:application/javascript,${encodeURIComponent(KEEPER)}`;
  const worker = new Worker(url, { type: "module" });
  const locked = Promise.withResolvers<unknown>();
  worker.onmessage = locked.resolve;
  worker.postMessage(numbers);
  await locked.promise;
  worker.terminate();
  const mutex = new Mutex(numbers, 0, 50);
  for (let i = 0; i < 3; i++) {
    mutex.lock();
    mutex.unlock();
  }
  assertEquals(numbers[0], 0);
});

Deno.test("whoever lost a lock does not free it for the one who took it", () => {
  const numbers = new Int32Array(new SharedArrayBuffer(4));
  const [slow, next, last] = [1, 2, 3].map(() => new Mutex(numbers, 0, 1));
  slow.lock();
  next.lock();
  slow.unlock();
  assertEquals(numbers[0] !== 0, true);
  next.unlock();
  assertEquals(numbers[0], 0);
  last.lock();
  last.unlock();
  assertEquals(numbers[0], 0);
});
