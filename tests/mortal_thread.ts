/**
 * A worker with one more type of service, which ends its thread when it is told to.
 *
 * @module
 */

import { registry } from "../src/services/registry.ts";
import type { ServiceType } from "../src/services/service.ts";
import { work } from "../src/workers/work.ts";

const DIE = "die";

/** Echoes, until it receives "die". */
export const mortal: ServiceType = {
  name: "mortal",
  description: "echoes while it lives",
  options: {},
  create: () => ({
    summary: "",
    warnings: [],
    async stream(connection) {
      const buffer = new Uint8Array(1024);
      for (let n; (n = await connection.read(buffer)) !== null;) {
        const bytes = buffer.subarray(0, n);
        if (new TextDecoder().decode(bytes) === DIE) {
          // Outside of every promise, where nothing catches it.
          setTimeout(() => {
            throw new Error("told to die");
          });
        }
        await connection.write(bytes);
      }
    },
    datagram: () => null,
  }),
};

if ("WorkerGlobalScope" in globalThis) work([...registry, mortal]);
