import { assertEquals } from "@std/assert";
import { didYouMean, nearest } from "./did_you_mean.ts";

const KNOWN = ["listen", "max_connections", "name", "type"];

Deno.test("nearest() finds the name that was meant", () => {
  const cases = {
    lisen: "listen",
    Listen: "listen",
    tpye: "type",
    nam: "name",
    max_conn: "max_connections",
    MAX_: "max_connections",
    "max-connections": "max_connections",
    maxConnections: "max_connections",
  };
  for (const [typed, meant] of Object.entries(cases)) {
    assertEquals(nearest(typed, KNOWN), meant, typed);
  }
});

Deno.test("nearest() offers nothing for a name that is near to none", () => {
  for (const typed of ["", "colour", "constructor", "x".repeat(1e6)]) {
    assertEquals(nearest(typed, KNOWN), undefined);
  }
  assertEquals(nearest("name", []), undefined);
});

Deno.test("didYouMean() is the end of a sentence, or nothing", () => {
  assertEquals(didYouMean("lisen", KNOWN), '; did you mean "listen"?');
  assertEquals(didYouMean("colour", KNOWN), "");
});
