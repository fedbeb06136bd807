import { assertEquals, assertStringIncludes } from "@std/assert";
import { PERMISSIONS } from "../../scripts/permissions.ts";

interface Task {
  readonly command: string;
}

const { tasks }: { tasks: Record<string, Task> } = JSON.parse(
  Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)),
);

Deno.test("deno task start is deno task mynah serve", () => {
  assertEquals(tasks.start.command, `${tasks.mynah.command} serve`);
});

Deno.test("deno task mynah has the permissions of the executable", () => {
  const flags = tasks.mynah.command.split(" ")
    .filter((word) => /^(-A|--allow-|--no-prompt)/.test(word))
    .filter((word) => !/^-A$/.test(word));
  assertEquals(flags, [...PERMISSIONS]);
  assertStringIncludes(tasks.mynah.command, `${PERMISSIONS.join(" ")} main.ts`);
});
