import { assertEquals, assertMatch } from "@std/assert";
import { TempFolder } from "./temp_folder.ts";
import { run } from "./programs.ts";

const MISSING = "a-program-that-is-nowhere";

/** What a test run prints of a test that needs a program that is missing, and of one that needs nothing. */
async function runNeedy(env: readonly string[] = []) {
  using folder = new TempFolder();
  const needs = import.meta.resolve("./needs.ts");
  const file = folder.write(
    "needy_test.ts",
    `import { testWith } from "${needs}";
testWith(["${MISSING}"], "needy", () => { throw new Error("it ran"); });
testWith([], "frugal", () => {});
`,
  );
  const command = [
    Deno.execPath(),
    "test",
    "--no-config",
    "--no-check",
    "-A",
    file,
  ];
  return await run(["env", "NO_COLOR=1", ...env, ...command], "", 60_000);
}

Deno.test("a test that needs what is missing is skipped by that name", async () => {
  const { code, text } = await runNeedy(["MYNAH_PROGRAMS="]);
  assertMatch(text, /^needy \(needs a-program-that-is-nowhere\) .* ignored/m);
  assertMatch(text, /^ok \| 1 passed \| 0 failed \| 1 ignored/m);
  assertEquals(code, 0);
});

Deno.test("a missing program fails its test where programs are required", async () => {
  const { code, text } = await runNeedy(["MYNAH_PROGRAMS=required"]);
  assertMatch(text, /^FAILED \| 1 passed \| 1 failed/m);
  assertEquals(code, 1);
});

/** Every test file below a folder. */
async function* testFiles(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = encodeURIComponent(name) + (isDirectory ? "/" : "");
    if (isDirectory) yield* testFiles(new URL(path, folder));
    else if (name.endsWith("_test.ts")) yield new URL(path, folder);
  }
}

Deno.test("what a test needs is found out in one place", async () => {
  const elsewhere: string[] = [];
  for (const folder of ["tests", "src", "scripts", "npm", "bench"]) {
    const root = new URL(`../../${folder}/`, import.meta.url);
    for await (const file of testFiles(root)) {
      const text = await Deno.readTextFile(file);
      if (/^\s*(ignore[:,]|if \(Deno\.build\.os)/m.test(text)) {
        elsewhere.push(file.pathname);
      }
    }
  }
  assertEquals(elsewhere, []);
});
