import { assert, assertEquals } from "@std/assert";
import { bisect } from "./mtu.ts";

for (const largest of [64, 65, 1472, 8192, 65_506, 65_507]) {
  Deno.test(`bisect() finds that ${largest} is the largest, in few steps`, async () => {
    let steps = 0;
    const found = await bisect(64, 65_507, (value) => {
      steps++;
      return Promise.resolve(value <= largest);
    });
    assertEquals(found, largest);
    assert(steps <= 18, `${steps} steps`);
  });
}

Deno.test("bisect() finds nothing where nothing passes", async () => {
  assertEquals(await bisect(64, 100, () => Promise.resolve(false)), undefined);
});
