import { assertEquals } from "@std/assert";
import { table } from "./table.ts";

Deno.test("table() gives each cell as many lines as it has, below each other", () => {
  assertEquals(
    table(["NAME", "ADDRESS", "LIMIT"], [
      [["echo"], ["tcp://*:7", "udp://*:7"], ["1024"]],
      [["a longer name"], [""], ["none", "at all", "here"]],
    ]),
    `NAME           ADDRESS    LIMIT
echo           tcp://*:7  1024
               udp://*:7
a longer name             none
                          at all
                          here
`,
  );
});
