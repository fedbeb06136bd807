import { assert, assertEquals, assertMatch } from "@std/assert";
import type { BadConfig } from "./bad_configs.ts";
import { BAD_FILES, BAD_SYNTAX } from "./bad_files.ts";
import { BAD_QUOTES, BAD_SETTINGS } from "./bad_settings.ts";
import { type Finished, runInProcess, runMynah } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith, UNIX } from "../support/needs.ts";

const BAD_CONFIGS = [
  ...BAD_FILES,
  ...BAD_SYNTAX,
  ...BAD_SETTINGS,
  ...BAD_QUOTES,
];

type Run = (args: readonly string[]) => Promise<Finished>;

/** Tries both commands on a config; each must refuse it with these lines and nothing else. */
async function assertRefused(
  { file, lines }: BadConfig,
  run: Run,
): Promise<void> {
  using folder = new TempFolder();
  const path = typeof file === "function"
    ? file(folder)
    : folder.write("mynah.yaml", file);
  const finished = await Promise.all([
    run(["check", path]),
    run(["serve", "--config", path]),
  ]);
  for (const { code, stdout, stderr } of finished) {
    assertEquals(code, 78, stderr);
    assertEquals(stdout, "");
    assertLines(stderr, path, lines);
  }
}

function assertLines(
  stderr: string,
  path: string,
  expected: readonly (string | RegExp)[],
): void {
  assert(!/file:\/\/|^\s+at /m.test(stderr), stderr);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(stderr), stderr);
  assert(stderr.endsWith("\n"));
  const lines = stderr.slice(0, -1).split("\n");
  assertEquals(lines.length, expected.length, stderr);
  for (const [i, line] of lines.entries()) {
    assert(line.startsWith(`${path}: `), line);
    assert(line.length < path.length + 400, line);
    const message = line.slice(path.length + 2);
    const wanted = expected[i];
    if (typeof wanted === "string") assertEquals(message, wanted);
    else assertMatch(message, wanted);
  }
}

for (const config of BAD_CONFIGS) {
  Deno.test(`check and serve refuse ${config.name}`, async () => {
    await assertRefused(config, runInProcess);
  });
}

for (const config of BAD_CONFIGS.filter(({ process }) => process)) {
  Deno.test(`a process ends with 78 for ${config.name}`, async () => {
    await assertRefused(config, runMynah);
  });
}

const GOOD = `services:
  - &first
    name: first
    type: echo
    listen: tcp://127.0.0.1:0
  - <<: *first
    name: second
`;

function assertGood({ code, stdout, stderr }: Finished): void {
  assertEquals(stderr, "");
  assertMatch(stdout, /^\S+: OK\n/);
  const addresses = stdout.match(/echo {2}tcp:\/\/127\.0\.0\.1:0\n/g);
  assertEquals(addresses?.length, 2, stdout);
  assertEquals(code, 0);
}

const SPELLINGS = {
  "with CRLF": GOOD.replaceAll("\n", "\r\n"),
  "with a byte order mark": `\ufeff${GOOD}`,
  "without a line end at the end": GOOD.trimEnd(),
};

for (const [spelling, content] of Object.entries(SPELLINGS)) {
  Deno.test(`check takes a file ${spelling}`, async () => {
    using folder = new TempFolder();
    const file = folder.write("mynah.yaml", content);
    assertGood(await runInProcess(["check", file]));
  });
}

testWith(
  ["bash"],
  "check takes a config from a process substitution",
  async () => {
    using folder = new TempFolder();
    const file = folder.write("mynah.yaml", GOOD);
    const script = `"$@" <(cat '${file}')`;
    const through = ["bash", "-c", script, "bash"];
    assertGood(await runMynah(["check"], { through }));
  },
);

const DEVICES = {
  "/dev/zero": "is larger than 8 MiB",
  "/dev/stdin": "holds no settings",
};

for (const [device, line] of Object.entries(DEVICES)) {
  testWith([UNIX], `a process ends with 78 for ${device}`, async () => {
    const config = { name: device, file: () => device, lines: [line] };
    await assertRefused(config, runMynah);
  });
}
