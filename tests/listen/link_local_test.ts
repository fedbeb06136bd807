import { assertEquals, assertMatch } from "@std/assert";
import { Mynah, services } from "../support/mynah.ts";
import { mynahCommand, runMynah } from "../support/cli.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import {
  NAMESPACE_IPV6,
  NETWORK_NAMESPACE,
  testWith,
} from "../support/needs.ts";

/** Two links of this machine, each with the same address. */
const LINKS = inNewNetwork(`
for link in one two; do
  ip link add $link type bridge
  ip address add fe80::7/64 dev $link nodad
  ip link set $link up
done`);

/** Whether what is tested runs on a Deno that knows zones. */
async function knowsZones(): Promise<boolean> {
  const { stdout } = await runMynah(["version"]);
  const [, minor] = /Deno 2\.(\d+)/i.exec(stdout)!;
  return Number(minor) >= 9;
}

testWith(
  [NETWORK_NAMESPACE, NAMESPACE_IPV6, "ip", "nsenter"],
  "link-local addresses are served with their zones, or it is said that they are not",
  async () => {
    await using mynah = await Mynah.serve(
      services("echo=udp://*:7007", "echo=tcp://*:7007"),
      { through: LINKS },
    );
    const known = await knowsZones();
    assertEquals(/link-local addresses left out/.test(mynah.log), !known);
    for (const transport of known ? ["udp", "tcp"] : []) {
      for (const link of ["one", "two"]) {
        const ping = [...mynahCommand(), "ping", "-c", "3", "-i", "0.01"];
        const target = `${transport}://[fe80::7%${link}]:7007`;
        const { text } = await run([
          ...networkOf(mynah.pid),
          ...ping,
          target,
        ]);
        assertMatch(text, /3 sent, 3 received, 0% loss/);
      }
    }
  },
);

testWith(
  [NETWORK_NAMESPACE, NAMESPACE_IPV6, "ip", "nsenter"],
  "listen takes a link-local address with its zone, or says that this Deno does not",
  async () => {
    const listen = services(
      "echo=udp://[fe80::7%one]:7007",
      "echo=udp://[fe80::7%two]:7007",
      "echo=tcp://[fe80::7%one]:7007",
    );
    if (!await knowsZones()) {
      const { code, stderr } = await runMynah(["serve", ...listen], {
        through: LINKS,
      });
      assertEquals(code, 69);
      assertMatch(
        stderr,
        /Cannot bind "udp:\/\/\[fe80::7%one\]:7007": Deno .* knows no zones/,
      );
      for (const transport of ["udp", "tcp"]) {
        const ping = ["ping", "-c", "1", `${transport}://[fe80::7%one]:7007`];
        const { stdout, stderr } = await runMynah(ping);
        assertMatch(
          stdout + stderr,
          /Deno .*, which runs this, knows no zones/,
        );
      }
      return;
    }
    await using mynah = await Mynah.serve(listen, { through: LINKS });
    assertMatch(mynah.log, /listening=udp:\/\/\[fe80::7%one\]:7007,udp:/);
    const { text } = await run([
      ...networkOf(mynah.pid),
      ...mynahCommand(),
      ...["talk", "udp://[fe80::7%two]:7007"],
    ], "hello\n");
    assertEquals(text, "hello\n");
  },
);
