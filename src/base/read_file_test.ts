import { assertEquals, assertRejects } from "@std/assert";
import { pseudoRandomBytes } from "../../tests/support/clients.ts";
import { run } from "../../tests/support/programs.ts";
import { TempFolder } from "../../tests/support/temp_folder.ts";
import { readFile } from "./read_file.ts";
import { testWith, UNIX } from "../../tests/support/needs.ts";

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
  const [, read] = await Promise.all([
    run(["sh", "-c", `cat > '${pipe}'`], bytes),
    readFile(pipe, MIB),
  ]);
  assertEquals(read, bytes);
});

testWith(
  ["mkfifo", "sh"],
  "readFile() holds up nothing else while nobody writes to a pipe",
  async () => {
    using folder = new TempFolder();
    const pipe = folder.file("pipe");
    await run(["mkfifo", pipe]);
    const reading = readFile(pipe, MIB);
    for (let turn = 0; turn < 10; turn++) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    await run(["sh", "-c", `echo late > '${pipe}'`]);
    assertEquals(await reading, new TextEncoder().encode("late\n"));
  },
);

testWith(
  ["mkfifo", "sh"],
  "readFile() refuses a pipe that gives more than the most bytes",
  async () => {
    using folder = new TempFolder();
    const pipe = folder.file("pipe");
    await run(["mkfifo", pipe]);
    await Promise.all([
      run(["sh", "-c", `head -c 2000000 /dev/zero > '${pipe}'; true`]),
      assertRejects(() => readFile(pipe, MIB), Error, "is larger than 1 MiB"),
    ]);
  },
);

testWith(
  [UNIX],
  "readFile() leaves a device without end after the most bytes",
  async () => {
    await assertRejects(
      () => readFile("/dev/zero", MIB),
      Error,
      "is larger than 1 MiB",
    );
  },
);
