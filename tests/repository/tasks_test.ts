import { assertEquals } from "@std/assert";

interface Task {
  readonly command: string;
}

const { tasks }: { tasks: Record<string, Task> } = JSON.parse(
  Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)),
);

Deno.test("deno task start is deno task mynah serve", () => {
  assertEquals(tasks.start.command, `${tasks.mynah.command} serve`);
});
