import { assertEquals, assertRejects } from "@std/assert";
import { pseudoRandomBytes } from "../tests/clients.ts";
import { run, testWith } from "../tests/programs.ts";
import { TempFolder } from "../tests/temp_folder.ts";
import { readFile } from "./read_file.ts";

const MIB = 1024 * 1024;

Deno.test("readFile() reads a file of exactly the most bytes, whole", async () => {
  using folder = new TempFolder();
  const bytes = pseudoRandomBytes(MIB);
  assertEquals(await readFile(folder.write("a", bytes), MIB), bytes);
  assertEquals(await readFile(folder.write("b", ""), MIB), new Uint8Array());
});

Deno.test("readFile() refuses one byte more than the most", async () => {
  using folder = new TempFolder();
  const file = folder.write("a", new Uint8Array(MIB + 1));
  await assertRejects(() => readFile(file, MIB), Error, "is larger than 1 MiB");
});

Deno.test("readFile() says what is wrong with a path", async () => {
  using folder = new TempFolder();
  const file = folder.write("a", "a");
  const cases = {
    [folder.path]: "is a folder",
    [folder.file("missing")]: "no such file",
    [`${file}/b`]: "no such file",
    "": "no such file",
  };
  for (const [path, message] of Object.entries(cases)) {
    await assertRejects(() => readFile(path, MIB), Error, message);
  }
});

testWith(["mkfifo", "sh"], "readFile() reads a pipe to its end", async () => {
  using folder = new TempFolder();
  const pipe = folder.file("pipe");
  await run(["mkfifo", pipe]);
  const bytes = pseudoRandomBytes(200_000);
  // Another process writes: Deno 2.5 waits for the writer without doing anything else.
  const [, read] = await Promise.all([
    run(["sh", "-c", `cat > '${pipe}'`], bytes),
    readFile(pipe, MIB),
  ]);
  assertEquals(read, bytes);
});

Deno.test({
  name: "readFile() leaves a device without end after the most bytes",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await assertRejects(
      () => readFile("/dev/zero", MIB),
      Error,
      "is larger than 1 MiB",
    );
  },
});
