import { assert } from "@std/assert";
import { measureOverhead } from "./overhead.ts";

for (const transport of ["tcp", "udp"] as const) {
  Deno.test(`the overhead over ${transport} is measured, and that of the code alone is less`, async () => {
    const sizes = { min: 64, max: 64 };
    const { code, loopback } = await measureOverhead(transport, sizes, 200);
    // On a busy machine a flood does not wait for every reply.
    assert(code.count > 100 && loopback.count > 100);
    assert(code.percentile(50) < loopback.percentile(50));
  });
}
