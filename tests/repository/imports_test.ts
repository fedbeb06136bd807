import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";

const ROOT = new URL("../..", import.meta.url);
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
    assertMatch(
      stderr,
      /^(JSR does not answer|What JSR has differs from deno\.lock): taking the imports from npm\n$/,
    );
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

/** A lock file, as far as these tests read it. */
interface Lock {
  /** The version that each import takes, by the import. */
  readonly specifiers: Readonly<Record<string, string>>;
  readonly jsr?: Readonly<Record<string, { integrity: string }>>;
  readonly npm: Readonly<Record<string, { integrity: string }>>;
  readonly workspace: { readonly dependencies: readonly string[] };
}

async function readLock(path: string): Promise<Lock> {
  return JSON.parse(await read(path));
}

for (const path of ["deno.lock", "npm/deno.lock"]) {
  Deno.test(`${path} is of the imports in deno.json, and names no registry`, async () => {
    const { workspace } = await readLock(path);
    const imported = Object.values(await readImports("deno.json"));
    assertEquals([...workspace.dependencies].sort(), imported.sort());
    assert(!(await read(path)).includes("://"));
  });
}

Deno.test("deno.lock has a version and a hash for every import of deno.json", async () => {
  const { specifiers, jsr, npm } = await readLock("deno.lock");
  const locked = { ...jsr, ...npm };
  for (const target of Object.values(await readImports("deno.json"))) {
    const [, name] = /^(?:jsr|npm):(.+)@/.exec(target)!;
    const { integrity } = locked[`${name}@${specifiers[target]}`];
    assertMatch(integrity, /^([0-9a-f]{64}|sha512-[\w+/]+=*)$/, target);
  }
});

Deno.test("npm/deno.lock has a version for every import of npm/import_map.json", async () => {
  const { specifiers, jsr } = await readLock("npm/deno.lock");
  const targets = Object.values(await readImports("npm/import_map.json"))
    .filter((target) => target.startsWith("npm:"));
  for (const target of targets) assert(target in specifiers, target);
  assertEquals(jsr, undefined);
});

Deno.test("both lock files name the same versions of npm packages", async () => {
  const [jsr, npm] = [
    await readLock("deno.lock"),
    await readLock("npm/deno.lock"),
  ];
  // These only the npm route needs.
  const adapters = /^(js-yaml|minimist|argparse)@/;
  const shared = ({ npm }: Lock) =>
    Object.entries(npm).filter(([name]) => !adapters.test(name));
  assertEquals(shared(npm), shared(jsr));
});

Deno.test("a release is built from what deno.lock says; a lock that differs stops nobody else", async () => {
  const { tasks } = JSON.parse(await read("deno.json"));
  for (const task of ["start", "test", "types", "compile"]) {
    assert(!tasks[task].command.includes("--frozen"), task);
  }
  const release = await read(".github/workflows/release.yml");
  assertEquals(release.match(/deno task compile \S+/g), [
    "deno task compile --frozen",
  ]);
});
