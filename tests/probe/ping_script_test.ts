import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { mynahCommand, url } from "../support/cli.ts";
import { type Result, run, shellLine } from "../support/programs.ts";
import { nobody, udpEcho, udpServer } from "../support/servers.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith, UNIX } from "../support/needs.ts";

const ROOT = new URL("../..", import.meta.url);
/** A busy machine may pass the script's thresholds, but not each time. */
const TRIES = 10;

/** The script that docs/probe.md gives, as it stands there. */
function documentedScript(): string {
  const text = Deno.readTextFileSync(new URL("docs/probe.md", ROOT));
  const [, script] = /^```sh\n(#!\/bin\/sh\n.*?)^```$/ms.exec(text)!;
  return script;
}

/** Runs the script with this mynah on the PATH. */
async function check(address: Deno.NetAddr): Promise<Result> {
  using folder = new TempFolder();
  const command = shellLine(mynahCommand());
  const root = shellLine([fileURLToPath(ROOT)]);
  const mynah = folder.write(
    "mynah",
    `#!/bin/sh\ncd ${root} && exec ${command} "$@"\n`,
  );
  Deno.chmodSync(mynah, 0o755);
  const script = folder.write("check.sh", documentedScript());
  const path = `PATH=${folder.path}:${Deno.env.get("PATH")}`;
  return await run(["env", path, "sh", script, url(address)], "", 60_000);
}

testWith(
  [UNIX, "sh", "sed"],
  "docs/probe.md's script says that a good way is fine",
  async () => {
    using echo = udpEcho();
    let ran = await check(echo.address);
    for (let tries = 1; ran.code === 1 && tries < TRIES; tries++) {
      ran = await check(echo.address);
    }
    assertEquals(ran.text, `${url(echo.address)} is fine\n`);
    assertEquals([ran.code, ran.stderr], [0, ""]);
  },
);

testWith(
  [UNIX, "sh", "sed"],
  "docs/probe.md's script says what is wrong with a bad way",
  async () => {
    let asked = 0;
    using server = udpServer((datagram) =>
      ++asked % 4 === 0 ? undefined : datagram
    );
    const { code, text, stderr } = await check(server.address);
    assertEquals([code, stderr], [1, ""]);
    const [loss] = text.split("\n");
    assertEquals(loss, `${url(server.address)}: loss is 25%, more than 1%`);
  },
);

testWith(
  [UNIX, "sh"],
  "docs/probe.md's script says that nobody is there",
  async () => {
    const address = nobody("tcp");
    const { code, text, stderr } = await check(address);
    assertEquals([code, text], [2, `${url(address)} was not measured\n`]);
    assertEquals(
      stderr,
      `mynah: Cannot reach "${url(address)}": connection refused\n`,
    );
  },
);
