import { assertEquals } from "@std/assert";
import { ConnectionList, type Listed } from "./connection_list.ts";

class Item implements Listed {
  place = 0;
  constructor(readonly name: string) {}
}

function contents(list: ConnectionList<Item>): string {
  const names: string[] = [];
  list.forEach(({ name }) => names.push(name));
  return names.sort().join("");
}

Deno.test("a connection list holds what was added and not removed, in whatever order", () => {
  const items = [..."abcdefgh"].map((name) => new Item(name));
  const list = new ConnectionList<Item>();
  for (const item of items) list.add(item);
  assertEquals([contents(list), list.size], ["abcdefgh", 8]);
  // The first, the last, one that was moved, and one that was not.
  for (const i of [0, 7, 6, 3]) list.remove(items[i]);
  assertEquals([contents(list), list.size], ["bcef", 4]);
  list.add(items[3]);
  for (const i of [1, 2, 4, 5, 3]) list.remove(items[i]);
  assertEquals([contents(list), list.size], ["", 0]);
});

Deno.test("a visitor may remove the item that it is given", () => {
  const list = new ConnectionList<Item>();
  for (const name of "abcde") list.add(new Item(name));
  const seen: string[] = [];
  list.forEach((item) => {
    seen.push(item.name);
    if (item.name !== "c") list.remove(item);
  });
  assertEquals(seen.sort().join(""), "abcde");
  assertEquals(contents(list), "c");
});
