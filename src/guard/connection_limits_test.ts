import { assert, assertEquals } from "@std/assert";
import { ALONE } from "../base/thread_slot.ts";
import { clientBits } from "./client_key.ts";
import { ClientTable } from "./client_table.ts";
import { ConnectionLimits, placesMemory } from "./connection_limits.ts";

const A = clientBits("192.0.2.1");
const B = clientBits("192.0.2.2");
const C = clientBits("2001:db8:0:1::1");
const D = clientBits("2001:db8:0:2::1");

function limited(limits: Partial<ConnectionLimits> = {}): ConnectionLimits {
  const places = {
    clients: new ClientTable(ALONE),
    service: 0,
    threads: ALONE,
    memory: placesMemory(ALONE),
  };
  return Object.assign(new ConnectionLimits(places), limits);
}

Deno.test("without limits, everyone may connect", () => {
  const limits = limited();
  for (let i = 0; i < 10_000; i++) assertEquals(limits.enter(A), undefined);
  assertEquals(limits.open, 10_000);
  assertEquals(limits.full, false);
});

Deno.test("at max_connections a newcomer is refused, and not counted", () => {
  const limits = limited({ maxConnections: 2 });
  limits.enter(A);
  assertEquals(limits.full, false);
  limits.enter(B);
  assertEquals(limits.full, true);
  assertEquals(limits.enter(C), "max_connections");
  assertEquals(limits.open, 2);
});

Deno.test("whoever leaves makes room for one", () => {
  const limits = limited({ maxConnections: 1 });
  limits.enter(A);
  limits.leave(A);
  assertEquals(limits.open, 0);
  assertEquals(limits.enter(B), undefined);
  assertEquals(limits.enter(C), "max_connections");
});

Deno.test("a client's limit is its own", () => {
  const limits = limited({ maxConnectionsPerClient: 2 });
  limits.enter(A);
  limits.enter(A);
  assertEquals(limits.enter(A), "max_connections_per_client");
  assertEquals(limits.enter(B), undefined);
  limits.leave(B);
  assertEquals(limits.enter(A), "max_connections_per_client");
  limits.leave(A);
  assertEquals(limits.enter(A), undefined);
  assertEquals(limits.open, 2);
});

Deno.test("a lowered limit closes nobody and lets nobody in until enough have left", () => {
  const limits = limited({ maxConnections: 3 });
  for (const client of [A, B, C]) limits.enter(client);
  limits.maxConnections = 1;
  assertEquals(limits.open, 3);
  limits.leave(A);
  limits.leave(B);
  assertEquals(limits.enter(D), "max_connections");
  limits.leave(C);
  assertEquals(limits.enter(D), undefined);
});

Deno.test("all who wait are woken when somebody leaves, and no sooner", async () => {
  const limits = limited({ maxConnections: 1 });
  limits.enter(A);
  let woken = 0;
  const waiting = [1, 2].map(() =>
    limits.whenNews(limits.news).then(() => woken++)
  );
  assert(limits.enter(B));
  await Promise.resolve();
  assertEquals(woken, 0);
  limits.leave(A);
  await Promise.all(waiting);
});

Deno.test("nobody waits for news that came before", async () => {
  const limits = limited({ maxConnections: 1 });
  limits.enter(A);
  const { news } = limits;
  limits.leave(A);
  await limits.whenNews(news);
});

Deno.test("all who wait are woken when the limits change", async () => {
  const limits = limited({ maxConnections: 1 });
  limits.enter(A);
  const waiting = limits.whenNews(limits.news);
  limits.maxConnections = 2;
  limits.wake();
  await waiting;
  assertEquals(limits.full, false);
});
