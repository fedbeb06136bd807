import { assertEquals } from "@std/assert";
import { importFlags } from "./mynah.ts";
import { run } from "./programs.ts";

/** What `deno info` says of a module. */
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}

/** Every module that is loaded with `root`, by who loads it first. */
function loadedWith(
  root: string,
  modules: readonly Module[],
): Map<string, string> {
  const loaders = new Map([[root, ""]]);
  for (const loader of loaders.keys()) {
    const { dependencies = [] } = modules.find(({ specifier }) =>
      specifier === loader
    ) ?? {};
    for (const { code, isDynamic } of dependencies) {
      if (
        !code?.specifier || isDynamic || loaders.has(code.specifier)
      ) continue;
      loaders.set(code.specifier, loader);
    }
  }
  return loaders;
}

// To load what Deno has for Node takes as long as all the rest of starting: docs/performance.md.
Deno.test("mynah starts without any module of Node's", async () => {
  const main = new URL("../main.ts", import.meta.url);
  const args = ["info", "--json", ...importFlags(), main.pathname];
  const { text } = await run([Deno.execPath(), ...args]);
  const loaders = loadedWith(main.href, JSON.parse(text).modules);
  const node = [...loaders].filter(([module]) => module.startsWith("node:"));
  assertEquals(node, []);
});
