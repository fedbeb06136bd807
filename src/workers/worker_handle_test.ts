import { assertThrows } from "@std/assert";
import { WorkerError, WorkerHandle } from "./worker_handle.ts";

Deno.test("a worker for which there is no thread is an error that says which", () => {
  const { Worker } = globalThis;
  globalThis.Worker = class {
    constructor() {
      throw new Deno.errors.WouldBlock("Resource temporarily unavailable");
    }
  } as unknown as typeof Worker;
  try {
    assertThrows(
      () => new WorkerHandle(new URL("data:,"), "mynah worker 3", () => {}),
      WorkerError,
      "Cannot start mynah worker 3: Resource temporarily unavailable",
    );
  } finally {
    globalThis.Worker = Worker;
  }
});
