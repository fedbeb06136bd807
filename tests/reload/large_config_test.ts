import { assert, assertMatch } from "@std/assert";
import { UdpClient } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";

const ECHO = `services:
  - name: echo
    type: echo
    listen: [tcp://127.0.0.1:0, udp://127.0.0.1:0]
`;

/** A config of which 100,000 networks may not use the echo. */
function largest(end = ""): string {
  const networks = Array.from(
    { length: 100_000 },
    (_, i) =>
      `      - 2001:db8:${(i >> 8).toString(16)}:${
        (i & 255).toString(16)
      }::/64\n`,
  );
  return `${ECHO}    deny:\n${networks.join("")}${end}`;
}

/** How many datagrams are echoed, one after the other, until the config was read again. */
async function echoesDuring(
  mynah: Mynah,
  reload: Promise<string>,
): Promise<number> {
  using client = new UdpClient(mynah.address("udp"));
  let isOver = false;
  const over = reload.finally(() => isOver = true);
  let echoes = 0;
  for (; !isOver; echoes++) {
    await client.send(Uint8Array.of(echoes & 255));
    await client.receive();
  }
  await over;
  return echoes;
}

Deno.test("a reload of the largest config holds up no client", async () => {
  await using mynah = await Mynah.configured(ECHO);
  const reload = mynah.reload(largest());
  const echoes = await echoesDuring(mynah, reload);
  assertMatch(await reload, /info {2}reloaded/);
  assert(echoes > 20, `${echoes} echoes`); // One, if the thread that echoes read it.
});

Deno.test("a reload of a large config that is bad holds up no client", async () => {
  await using mynah = await Mynah.configured(ECHO);
  const reload = mynah.reload(largest("admin: [\n"));
  const echoes = await echoesDuring(mynah, reload);
  assertMatch(await reload, /line 10000\d, column 8: /);
  assert(echoes > 20, `${echoes} echoes`);
});
