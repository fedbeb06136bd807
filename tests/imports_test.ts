import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const ROOT = new URL("..", import.meta.url);
const NPM = "--import-map=npm/import_map.json --lock=npm/deno.lock --frozen";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function imports(registry: string): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/imports.ts"],
    cwd: ROOT,
    env: { MYNAH_REGISTRY: registry },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

async function read(path: string): Promise<string> {
  return await Deno.readTextFile(new URL(path, ROOT));
}

async function readImports(path: string): Promise<Record<string, string>> {
  return JSON.parse(await read(path)).imports;
}

Deno.test("scripts/imports.ts prints nothing where JSR is asked for", async () => {
  assertEquals(await imports("jsr"), { code: 0, stdout: "\n", stderr: "" });
});

Deno.test("scripts/imports.ts prints the npm arguments where npm is asked for", async () => {
  assertEquals(await imports("npm"), {
    code: 0,
    stdout: `${NPM}\n`,
    stderr: "",
  });
});

Deno.test("scripts/imports.ts refuses another registry", async () => {
  const { code, stdout, stderr } = await imports("yarn");
  assertEquals([code, stdout], [64, ""]);
  assertStringIncludes(stderr, 'MYNAH_REGISTRY is "yarn"');
});

Deno.test("scripts/imports.ts says so when it takes npm by itself", async () => {
  const { code, stdout, stderr } = await imports("");
  assertEquals(code, 0);
  assertEquals(stdout, stderr === "" ? "\n" : `${NPM}\n`);
  if (stderr !== "") {
    assertEquals(stderr, "JSR does not answer: taking the imports from npm\n");
  }
});

Deno.test("npm/import_map.json maps what deno.json imports", async () => {
  const jsr = await readImports("deno.json");
  const npm = await readImports("npm/import_map.json");
  for (const [name, target] of Object.entries(jsr)) {
    if (target.startsWith("npm:")) assertEquals(npm[name], target, name);
    else assert(npm[name]?.startsWith("./"), `${name} has no adapter`);
  }
});

Deno.test("npm/deno.lock holds what deno.json imports, and names no registry", async () => {
  const lock = await read("npm/deno.lock");
  const { workspace, specifiers } = JSON.parse(lock);
  const npm = Object.values(await readImports("npm/import_map.json"))
    .filter((target) => target.startsWith("npm:"));
  for (const target of npm) assert(target in specifiers, target);

  const locked = workspace.dependencies.filter((name: string) =>
    name.startsWith("npm:")
  );
  const imported = Object.values(await readImports("deno.json"))
    .filter((target) => target.startsWith("npm:"));
  assertEquals(locked.sort(), imported.sort());
  assert(!lock.includes("://"));
});
