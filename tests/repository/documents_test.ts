import { assertEquals } from "@std/assert";

const ROOT = new URL("../..", import.meta.url);
const ROOMS = [...Deno.readDirSync(new URL("src", ROOT))]
  .map(({ name }) => name);
/** Folders of the repository, whose files documents name in full. */
const FOLDERS = ["bench", "deploy", "docs", "npm", "scripts", "src", "tests"];
/** The file that "Adding a service" has a newcomer write. */
const NOT_THERE = ["src/services/hello.ts"];

/** The Markdown files of the repository. */
const DOCUMENTS = ["", "docs/"].flatMap((folder) =>
  [...Deno.readDirSync(new URL(folder || ".", ROOT))]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => folder + name)
);

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

for (const path of DOCUMENTS) {
  Deno.test(`the links in ${path} lead to files and headings that are there`, () => {
    const broken = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file, anchor] = link.split("#");
        const { pathname } = new URL(
          file || path.split("/").at(-1)!,
          `file:///${path}`,
        );
        const target = pathname.slice(1);
        if (!exists(target)) return true;
        return anchor !== undefined &&
          !anchorsOf(read(target)).includes(anchor);
      });
    assertEquals(broken, []);
  });

  Deno.test(`the files that ${path} names are there`, () => {
    const missing = [
      ...read(path).matchAll(/`([\w./-]+\.(?:ts|py|c|conf|yaml|md))`/g),
    ]
      .map(([, file]) => file)
      .map((file) =>
        ROOMS.includes(file.split("/")[0]) && file.includes("/") &&
          !exists(file)
          ? `src/${file}`
          : file
      )
      .filter((file) =>
        FOLDERS.includes(file.split("/")[0]) && file.includes("/")
      )
      .filter((file) => !NOT_THERE.includes(file) && !exists(file));
    assertEquals(missing, []);
  });

  Deno.test(`${path} has no marks of a merge`, () => {
    const marks = read(path).match(/^.{0,4}(<{7}|>{7}|={7} ).*$/gm) ?? [];
    assertEquals(marks, []);
  });
}
