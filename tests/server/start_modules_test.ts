import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { importFlags } from "../support/cli.ts";
import { run } from "../support/programs.ts";

/** What `deno info` says of a module. */
interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}

/** What `deno info --json` prints. */
interface Graph {
  readonly modules: readonly Module[];
  /** Where the modules of a registry really are. */
  readonly redirects: Readonly<Record<string, string>>;
}

/** Every module that is loaded with `root`, by who loads it first. */
function loadedWith(
  root: string,
  { modules, redirects }: Graph,
): Map<string, string> {
  const loaders = new Map([[root, ""]]);
  for (const loader of loaders.keys()) {
    const { dependencies = [] } = modules.find(({ specifier }) =>
      specifier === loader
    ) ?? {};
    for (const { code, isDynamic } of dependencies) {
      if (!code?.specifier || isDynamic) continue;
      const specifier = redirects[code.specifier] ?? code.specifier;
      if (!loaders.has(specifier)) loaders.set(specifier, loader);
    }
  }
  return loaders;
}

// To load what Deno has for Node takes as long as all the rest of starting: docs/performance.md.
Deno.test("mynah starts without any module of Node's", async () => {
  const main = new URL("../../main.ts", import.meta.url);
  const args = ["info", "--json", ...importFlags(), fileURLToPath(main)];
  const { text } = await run([Deno.execPath(), ...args]);
  const graph: Graph = JSON.parse(text);
  const loaders = loadedWith(main.href, graph);
  // Nothing was left out: every module that is not only types is there.
  const known = new Set(graph.modules.map(({ specifier }) => specifier));
  const lost = [...loaders.keys()].filter((module) =>
    !known.has(module) && !/^(npm|node):/.test(module)
  );
  assertEquals(lost, []);
  const node = [...loaders].filter(([module]) => module.startsWith("node:"));
  assertEquals(node, []);
});
