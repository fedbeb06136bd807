import { assertEquals } from "@std/assert";

const ROOT = new URL("../..", import.meta.url);

/** Which rooms each room may import, as CONTRIBUTING.md's table says. */
function readTable(): Map<string, readonly string[] | "everything"> {
  const text = Deno.readTextFileSync(new URL("CONTRIBUTING.md", ROOT));
  const rows = [...text.matchAll(/^\| `src\/(.+)\/` *\|.*\| (.+?) *\|$/gm)];
  return new Map(rows.map(([, room, allowed]) => [
    room,
    allowed === "everything"
      ? allowed
      : allowed === "nothing"
      ? []
      : allowed.split(", "),
  ]));
}

/** Every file of TypeScript in a folder such as `src/`, and in those in it. */
function filesOf(folder: string): string[] {
  const entries = [...Deno.readDirSync(new URL(folder, ROOT))];
  return entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(`${folder}${name}/`) : [`${folder}${name}`]
  ).filter((file) => file.endsWith(".ts"));
}

function isTest(file: string): boolean {
  return file.endsWith("_test.ts");
}

/** The files of `src/` that are no tests, each with the files of `src/` that it imports, types included. */
function readImports(): Map<string, readonly string[]> {
  const files = filesOf("src/").filter((file) => !isTest(file));
  return new Map(files.map((file) => [
    file,
    importsOf(file).filter((path) => path.startsWith("src/")),
  ]));
}

function importsOf(file: string): string[] {
  const source = Deno.readTextFileSync(new URL(file, ROOT));
  const url = new URL(file, "file:///");
  return [...source.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)]
    .map(([, path]) => new URL(path, url).pathname.slice(1));
}

function roomOf(file: string): string {
  return file.slice("src/".length, file.lastIndexOf("/"));
}

Deno.test("every file of src/ is in a room of the table, and every room has files", () => {
  const rooms = [...readImports().keys()].map(roomOf);
  assertEquals([...new Set(rooms)].sort(), [...readTable().keys()].sort());
});

Deno.test("files import only from the rooms that theirs may import", () => {
  const table = readTable();
  const strangers: string[] = [];
  for (const [file, imports] of readImports()) {
    const room = roomOf(file);
    const allowed = table.get(room) ?? [];
    for (const imported of imports) {
      const from = roomOf(imported);
      if (from === room || allowed === "everything") continue;
      if (!allowed.includes(from)) {
        strangers.push(`${file} imports ${imported}`);
      }
    }
  }
  assertEquals(strangers, []);
});

Deno.test("no two files import each other, however far around", () => {
  const imports = readImports();
  const done = new Set<string>();
  const circles: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    const start = path.indexOf(file);
    if (start !== -1) circles.push([...path.slice(start), file].join(" → "));
    if (start !== -1 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  }
  for (const file of imports.keys()) visit(file, []);
  assertEquals(circles, []);
});

Deno.test("every test outside of src/ is in a folder of its topic", () => {
  const loose = filesOf("tests/").filter((file) => file.split("/").length < 3);
  assertEquals(loose, []);
});

Deno.test("unit tests take from tests/ only what tests/support/ holds", () => {
  const strangers = filesOf("src/").filter(isTest).flatMap(importsOf)
    .filter((path) => /^tests\/(?!support\/)/.test(path));
  assertEquals(strangers, []);
});

Deno.test("tests/support/ holds what several files share", () => {
  const imports = ["bench/", "scripts/", "src/", "tests/"].flatMap(filesOf)
    .flatMap(importsOf);
  const shared = filesOf("tests/support/").filter((file) => !isTest(file));
  const lonely = shared.filter((file) =>
    imports.filter((imported) => imported === file).length < 2
  );
  assertEquals(lonely, []);
});
