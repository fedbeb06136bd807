import { assert, assertEquals } from "@std/assert";
import { ConnectionLimits } from "./connection_limits.ts";

function limited(limits: Partial<ConnectionLimits>): ConnectionLimits {
  return Object.assign(new ConnectionLimits(), limits);
}

Deno.test("without limits, everyone may connect", () => {
  const limits = new ConnectionLimits();
  for (let i = 0; i < 10_000; i++) assertEquals(limits.enter("a"), undefined);
  assertEquals(limits.open, 10_000);
  assertEquals(limits.full, false);
});

Deno.test("at max_connections a newcomer is refused, and not counted", () => {
  const limits = limited({ maxConnections: 2 });
  limits.enter("a");
  assertEquals(limits.full, false);
  limits.enter("b");
  assertEquals(limits.full, true);
  assertEquals(limits.enter("c"), "max_connections");
  assertEquals(limits.open, 2);
});

Deno.test("whoever leaves makes room for one", () => {
  const limits = limited({ maxConnections: 1 });
  limits.enter("a");
  limits.leave("a");
  assertEquals(limits.open, 0);
  assertEquals(limits.enter("b"), undefined);
  assertEquals(limits.enter("c"), "max_connections");
});

Deno.test("a client's limit is its own", () => {
  const limits = limited({ maxConnectionsPerClient: 2 });
  limits.enter("a");
  limits.enter("a");
  assertEquals(limits.enter("a"), "max_connections_per_client");
  assertEquals(limits.enter("b"), undefined);
  limits.leave("b");
  assertEquals(limits.enter("a"), "max_connections_per_client");
  limits.leave("a");
  assertEquals(limits.enter("a"), undefined);
  assertEquals(limits.open, 2);
});

Deno.test("a lowered limit closes nobody and lets nobody in until enough have left", () => {
  const limits = limited({ maxConnections: 3 });
  for (const client of ["a", "b", "c"]) limits.enter(client);
  limits.maxConnections = 1;
  assertEquals(limits.open, 3);
  limits.leave("a");
  limits.leave("b");
  assertEquals(limits.enter("d"), "max_connections");
  limits.leave("c");
  assertEquals(limits.enter("d"), undefined);
});

Deno.test("all who wait are woken when somebody leaves, and no sooner", async () => {
  const limits = limited({ maxConnections: 1 });
  limits.enter("a");
  let woken = 0;
  const waiting = [1, 2].map(() => limits.whenFewer().then(() => woken++));
  assert(limits.enter("b"));
  await Promise.resolve();
  assertEquals(woken, 0);
  limits.leave("a");
  await Promise.all(waiting);
});

Deno.test("all who wait are woken when the limits change", async () => {
  const limits = limited({ maxConnections: 1 });
  limits.enter("a");
  const waiting = limits.whenFewer();
  limits.maxConnections = 2;
  limits.wake();
  await waiting;
  assertEquals(limits.full, false);
});
