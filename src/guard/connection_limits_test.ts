import { assert, assertEquals } from "@std/assert";
import { SINGLE_THREAD } from "../base/thread_slot.ts";
import { clientOf } from "./client_key.ts";
import { ClientTable } from "./client_table.ts";
import { ConnectionLimits, placesMemory } from "./connection_limits.ts";

const A = clientOf("192.0.2.1");
const B = clientOf("192.0.2.2");
const C = clientOf("2001:db8:0:1::1");
const D = clientOf("2001:db8:0:2::1");

function limited(limits: Partial<ConnectionLimits> = {}): ConnectionLimits {
  const places = {
    clients: new ClientTable(SINGLE_THREAD),
    service: 0,
    threads: SINGLE_THREAD,
    memory: placesMemory(SINGLE_THREAD),
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

Deno.test("a /56 may have four times what a client may, and a /48 sixteen times", () => {
  const limits = limited({ maxConnectionsPerClient: 2 });
  const enter = (subnet: number, times: number) => {
    const client = clientOf(`2001:db8:0:${subnet.toString(16)}::1`);
    let entered = 0;
    while (entered < times && limits.enter(client) === undefined) entered++;
    return entered;
  };
  let of56 = 0;
  for (let i = 0; i < 256; i++) of56 += enter(i, 10);
  assertEquals(of56, 8);
  let of48 = of56;
  for (let i = 1; i < 100; i++) of48 += enter(i << 8, 10);
  assertEquals(of48, 32);
  assertEquals(limits.open, 32);
  const refused = clientOf("2001:db8:0:fff::1");
  assertEquals(limits.enter(refused), "max_connections_per_client");
  assertEquals(limits.enter(clientOf("2001:db8:1::1")), undefined);
  // Whoever leaves makes room for one in each of its networks.
  limits.leave(clientOf("2001:db8:0:0::1"));
  assertEquals(limits.enter(refused), undefined);
  assertEquals(limits.enter(refused), "max_connections_per_client");
});

Deno.test("hosts behind a NAT64 and on a link are clients of their own", () => {
  const limits = limited({ maxConnectionsPerClient: 1 });
  for (let i = 1; i < 100; i++) {
    for (const hostname of [`64:ff9b::10.0.0.${i}`, `fe80::${i}`]) {
      assertEquals(limits.enter(clientOf(hostname)), undefined);
      assertEquals(
        limits.enter(clientOf(hostname)),
        "max_connections_per_client",
      );
    }
  }
});
