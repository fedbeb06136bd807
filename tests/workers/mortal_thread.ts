/**
 * A worker whose echo ends its thread, or hangs, when a client says so.
 *
 * @module
 */

import { registry } from "../../src/services/registry.ts";
import type { ServiceType } from "../../src/services/service.ts";
import { work } from "../../src/workers/worker_host.ts";

const DIE = "die";
const HANG = "hang";

/** Echoes, until it receives "die" or "hang". */
function mortal(echo: ServiceType): ServiceType {
  return {
    ...echo,
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
          if (new TextDecoder().decode(bytes) === HANG) { while (true); }
          await connection.write(bytes);
        }
      },
      datagram: () => null,
    }),
  };
}

work(registry.map((type) => type.name === "echo" ? mortal(type) : type));
