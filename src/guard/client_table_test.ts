import { assertEquals } from "@std/assert";
import { SINGLE_THREAD } from "../base/thread_slot.ts";
import { type Client, clientOf } from "./client_key.ts";
import { ClientTable } from "./client_table.ts";

/** As many clients as make long chains of neighbours in the table. */
const MANY = 100_000;

function client(i: number): Client {
  return i % 2 === 0
    ? clientOf(`10.${i >> 16}.${i >> 8 & 255}.${i & 255}`)
    : clientOf(
      `2001:db8:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}::1`,
    );
}

Deno.test("a client table counts each client at each service by itself", () => {
  const table = new ClientTable(SINGLE_THREAD);
  const [a, b, c] = ["192.0.2.1", "192.0.2.2", "2001:db8:0:1::1"]
    .map(clientOf);
  for (const service of [1, 2, 2]) table.add(a, service);
  table.add(c, 2);
  assertEquals(table.count(a, 1), 1);
  assertEquals(table.count(a, 2), 2);
  assertEquals(table.count(b, 2), 0);
  assertEquals(table.count(c, 2), 1);
  table.remove(a, 2);
  assertEquals(table.count(a, 2), 1);
});

Deno.test("a client table forgets whoever has left, and nobody else", () => {
  const table = new ClientTable(SINGLE_THREAD);
  for (let i = 0; i < MANY; i++) table.add(client(i), 1);
  // Those who stay have neighbours that leave before and behind them.
  for (let i = 0; i < MANY; i++) if (i % 3 > 0) table.remove(client(i), 1);
  for (let i = 0; i < MANY; i++) {
    assertEquals(table.count(client(i), 1), i % 3 > 0 ? 0 : 1, `${i}`);
  }
});

Deno.test("a client table that is full counts no more clients, and still those it has", () => {
  const table = new ClientTable(SINGLE_THREAD);
  let counted = 0;
  while (table.add(client(counted), 1)) counted++;
  assertEquals(counted, 3 * 2 ** 16);
  assertEquals(table.add(client(0), 1), true);
  assertEquals(table.count(client(0), 1), 2);
  table.remove(client(counted), 1);
  assertEquals(table.add(client(counted), 1), false);
  table.remove(client(1), 1);
  assertEquals(table.add(client(counted), 1), true);
});

Deno.test("what a thread has is counted with the others', and taken out when it dies", () => {
  const tables = [new ClientTable({ threads: 2, thread: 0 })];
  tables.push(new ClientTable({ threads: 2, thread: 1 }, tables[0].memory));
  for (let i = 0; i < 1000; i++) tables[i % 2].add(client(i >> 2), 1);
  for (let i = 0; i < 250; i++) assertEquals(tables[1].count(client(i), 1), 4);
  tables[0].forget(1);
  for (let i = 0; i < 250; i++) assertEquals(tables[1].count(client(i), 1), 2);
  tables[0].forget(0);
  for (let i = 0; i < 250; i++) assertEquals(tables[1].count(client(i), 1), 0);
});
