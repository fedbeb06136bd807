import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { importFlags } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the tests below need of the tree. */
const COPIED = ["deno.json", "deno.lock", "main.ts"];
const COPIED_FOLDERS = ["config", "npm", "scripts", "src", "tests"];

/** The tests that know the services by their names, and those of the files that one adds or changes. */
const AFFECTED = [
  "src/config/parse_test.ts",
  "src/config/schema_test.ts",
  "tests/services/registry_test.ts",
  "tests/config/schema_test.ts",
  "tests/config/bad_settings_test.ts",
];

/** Of those, not the ones that start a process for what the others show too. */
const IN_PROCESS = "--filter=/^(?!a process )/";

/** The file that CONTRIBUTING.md's "Adding a service" has one write: where, and what. */
function exampleOf(text: string): { path: string; code: string } {
  const [, section] = text.split("\n## Adding a service\n");
  const [, path, code] =
    /`(src\/services\/\w+\.ts)`:\n\n```ts ignore\n(.*?)```/s
      .exec(section) ?? [];
  assert(path !== undefined, "CONTRIBUTING.md has no such section");
  return { path, code };
}

/** The registry with one more line, and what it imports; unchanged where the example was pasted already. */
function register(registry: string, path: string, code: string): string {
  const [, name] = /^export const (\w+): ServiceType/m.exec(code)!;
  const file = path.split("/").at(-1);
  if (registry.includes(`"./${file}"`)) return registry;
  return registry
    .replace(/^(?=import )/m, `import { ${name} } from "./${file}";\n`)
    .replace(/^\];/m, `  ${name},\n];`);
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test("CONTRIBUTING.md's example of a service, pasted as it stands, leaves the tests green", async () => {
  using folder = new TempFolder();
  const { path } = folder;
  for (const file of COPIED) Deno.copyFileSync(ROOT + file, `${path}/${file}`);
  for (const each of COPIED_FOLDERS) copyFolder(ROOT + each, `${path}/${each}`);
  const deno = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: path,
      // An executable does not have the new service.
      env: { NO_COLOR: "1", MYNAH_BIN: "" },
    }).output();
    const output = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    ).join("");
    assertEquals(code, 0, output);
    return output;
  };

  const example = exampleOf(Deno.readTextFileSync(`${ROOT}CONTRIBUTING.md`));
  folder.write(example.path, example.code);
  const registry = "src/services/registry.ts";
  folder.write(
    registry,
    register(
      Deno.readTextFileSync(folder.file(registry)),
      example.path,
      example.code,
    ),
  );
  await deno("fmt", "--check", example.path);
  await deno("lint", example.path);
  await deno("check", ...importFlags(), example.path);
  await deno("task", "schema");
  const output = await deno(
    "test",
    ...importFlags(),
    "-A",
    "--no-check",
    IN_PROCESS,
    ...AFFECTED,
  );
  assertMatch(output, /\d+ passed .*0 failed/);
});
