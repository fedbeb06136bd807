import { assertEquals } from "@std/assert";
import { Mynah } from "../support/mynah.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import { NETWORK_NAMESPACE, testWith } from "../support/needs.ts";

/** nmap recognizes a quote of the day by its text, and knows those that come with Windows. */
const WINDOWS_QUOTE =
  "\"My spelling is Wobbly.  It's good spelling but it Wobbles, and the letters\n" +
  'get in the wrong places." A. A. Milne (1882-1958)';

function listen(port: number): string[] {
  return [`tcp://127.0.0.1:${port}`, `udp://127.0.0.1:${port}`];
}

testWith(
  [NETWORK_NAMESPACE, "nsenter", "nmap"],
  // It tries a protocol's own probes first on the port where the protocol belongs; elsewhere it takes minutes.
  "nmap -sV names echo and qotd on their ports, over TCP and UDP",
  async () => {
    const quotes = { inline: [WINDOWS_QUOTE] };
    const services = [
      { name: "echo", type: "echo", listen: listen(7) },
      { name: "quotes", type: "qotd", listen: listen(17), quotes },
    ];
    await using mynah = await Mynah.configured({ services }, {
      through: inNewNetwork(),
    });
    const ports = ["-p", "T:7,17,U:7,17"];
    const nmap = ["nmap", "-n", "-Pn", "-sSU", "-sV", ...ports, "127.0.0.1"];
    const { text } = await run([...networkOf(mynah.pid), ...nmap], "", 60_000);
    const found = text.matchAll(/^(\d+\/\S+) +open +(\S+)/mg);
    assertEquals(Object.fromEntries([...found].map(([, at, is]) => [at, is])), {
      "7/tcp": "echo",
      "17/tcp": "qotd",
      "7/udp": "echo",
      "17/udp": "qotd",
    });
  },
);
