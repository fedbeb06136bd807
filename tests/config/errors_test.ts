import { assertEquals, assertMatch } from "@std/assert";
import { type Finished, runInProcess, runMynah } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith, UNIX } from "../support/needs.ts";
import { assertRefused } from "./bad_configs.ts";

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
