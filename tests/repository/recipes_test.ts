import { assert, assertEquals, assertMatch } from "@std/assert";
import { readPingOptions } from "../../src/cli/ping_options.ts";
import { ping, runMynah } from "../support/cli.ts";
import { exchangeUdp } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";

const text = Deno.readTextFileSync(
  new URL("../../docs/recipes.md", import.meta.url),
);

/** The blocks of code in a language, each with the heading that it is under. */
function blocks(language: string): { title: string; code: string }[] {
  return text.split(/^## /m).slice(1).flatMap((section) => {
    const [title] = section.split("\n");
    const found = section.matchAll(
      new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"),
    );
    return [...found].map(([, code]) => ({ title, code }));
  });
}

const configs = blocks("yaml").filter(({ code }) => code.includes("services:"));

for (const { title, code } of configs) {
  Deno.test(`the recipe's config passes the check without a warning: ${title}`, async () => {
    const { code: status, stdout, stderr } = await runMynah(["check", "-"], {
      stdin: code,
    });
    assertEquals([status, stderr], [0, ""]);
    assert(!stdout.includes("warning:"), stdout);
  });

  Deno.test(`the recipe's config serves, on other ports: ${title}`, async () => {
    const config = code
      .replaceAll(/(tcp|udp):\/\/\*:[\d-]+/g, "$1://127.0.0.1:0")
      .replace(/^admin: .*$/m, "admin: 127.0.0.1:0");
    await using mynah = await Mynah.configured(config);
    assert(mynah.addresses.length > 0);
    assertEquals(await mynah.stop(), 0);
  });
}

Deno.test("the recipes' ping commands are ones that mynah knows", () => {
  const commands = [
    ...text.matchAll(/mynah ping ([^|>\n`]*?)(?: >| \|\||$|`)/gm),
  ]
    .map(([, args]) => args.trim());
  assert(commands.length >= 4, commands.join("\n"));
  for (const command of commands) {
    const args = command.replace("$HOSTADDRESS$", "192.0.2.7")
      .replace("HOST:PORT", "192.0.2.7:7").replace("$port", "7000")
      .replaceAll('"', "").split(" ").filter((word) => word !== "");
    if (args.length > 1) readPingOptions(args);
  }
});

Deno.test("a datagram like IP SLA's udp-echo comes back as it was", async () => {
  await using mynah = await Mynah.configured({
    services: [{ name: "sla", type: "echo", listen: "udp://127.0.0.1:0" }],
  });
  // 16 bytes, which is what IP SLA sends unless it is told otherwise.
  const datagram = crypto.getRandomValues(new Uint8Array(16));
  assertEquals(await exchangeUdp(mynah.address("udp"), datagram), datagram);
});

Deno.test("a check for Nagios exits with 0 within its thresholds and with 1 past them", async () => {
  const service = { type: "echo", listen: "udp://127.0.0.1:0" };
  await using mynah = await Mynah.configured({
    services: [
      { ...service, name: "good" },
      { ...service, name: "silent", deny: "127.0.0.1" },
    ],
  });
  const options = ["-q", "-c5", "-i5ms", "-W2s", "--max-loss=5%"];
  const [good, silent] = mynah.addresses;
  assertEquals((await ping(good, ...options, "--max-p99=10s")).code, 0);
  const lost = await ping(silent, ...options);
  assertEquals(lost.code, 1);
  assertMatch(lost.stdout, /NOT OK/);
});
