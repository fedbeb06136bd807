import { assertEquals } from "@std/assert";
import { Recent, State } from "./recent.ts";

Deno.test("Recent remembers when each message was sent, and what became of it", () => {
  const recent = new Recent();
  for (let seq = 1; seq <= 1000; seq++) {
    assertEquals(recent.push(seq * 10), State.UNKNOWN);
  }
  recent.setState(500, State.SETTLED);
  assertEquals([recent.first, recent.last], [1, 1000]);
  assertEquals(recent.sentAt(500), 5000);
  assertEquals(recent.state(500), State.SETTLED);
  assertEquals(recent.state(501), State.PENDING);
  assertEquals(recent.state(0), State.UNKNOWN);
  assertEquals(recent.state(1001), State.UNKNOWN);
});

Deno.test("Recent forgets the earliest of more than a million", () => {
  const recent = new Recent();
  const capacity = 2 ** 20;
  for (let seq = 1; seq <= capacity; seq++) recent.push(seq);
  recent.setState(1, State.SETTLED);
  assertEquals(recent.push(0), State.SETTLED);
  assertEquals(recent.push(0), State.PENDING);
  assertEquals(recent.first, 3);
  assertEquals(recent.state(2), State.UNKNOWN);
  assertEquals(recent.state(3), State.PENDING);
  assertEquals(recent.sentAt(3), 3);
});
