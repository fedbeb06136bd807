import { assertEquals, assertMatch } from "@std/assert";
import {
  connect,
  echoOn,
  exchangeTcp,
  exchangeUdp,
} from "../support/clients.ts";
import { runMynah } from "../support/cli.ts";
import { inNewNetwork, networkOf, ownPort } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import { Mynah } from "../support/mynah.ts";
import {
  IPV6,
  NAMESPACE_IPV6,
  NETWORK_NAMESPACE,
  testWith,
} from "../support/needs.ts";
import { TempFolder } from "../support/temp_folder.ts";

const HELLO = new TextEncoder().encode("hello");
const MAPPED = "[::ffff:127.0.0.1]";

function echo(...listen: readonly string[]) {
  return { name: "echo", type: "echo", listen };
}

/** In a network where IPv6 sockets take IPv6 alone, and names have the addresses that a test wants. */
function through(hosts: string, bindv6only = 0): readonly string[] {
  return [
    ...inNewNetwork(`sysctl -qw net.ipv6.bindv6only=${bindv6only}`),
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount --bind "$0" /etc/hosts && exec "$@"',
    hosts,
  ];
}

const IN_NETWORK = [
  NETWORK_NAMESPACE,
  NAMESPACE_IPV6,
  "nsenter",
  "nc",
  "sysctl",
];

/** Which of these addresses echo, in the network of a mynah. */
async function answering(
  pid: number,
  ports: readonly string[],
): Promise<string[]> {
  const answers = await Promise.all(ports.map(async (text) => {
    const [, transport, host, port] = /^(\w+):\/\/\[?(.+?)\]?:(\d+)$/.exec(
      text,
    )!;
    const options = transport === "udp" ? ["-u", "-w", "1"] : ["-N", "-w", "1"];
    const command = [...networkOf(pid), "nc", ...options, host, port];
    return (await run(command, "hello\n")).text === "hello\n" ? [text] : [];
  }));
  return answers.flat();
}

for (const hostname of ["*", "[::]"]) {
  testWith(
    IN_NETWORK,
    `${hostname} where IPv6 sockets take no IPv4: TCP, UDP and admin`,
    async () => {
      using folder = new TempFolder();
      const hosts = folder.write("hosts", "");
      const config = {
        admin: `${hostname}:9090`,
        services: [echo(`tcp://${hostname}:7007`, `udp://${hostname}:7007`)],
      };
      await using mynah = await Mynah.configured(config, {
        through: through(hosts, 1),
      });
      const { pid } = mynah;
      const ipv4 = ["tcp://127.0.0.1:7007", "udp://127.0.0.1:7007"];
      const ipv6 = ["tcp://[::1]:7007", "udp://[::1]:7007"];
      assertEquals(
        await answering(pid, [...ipv4, ...ipv6]),
        hostname === "*" ? [...ipv4, ...ipv6] : ipv6,
      );
      for (
        const host of hostname === "*" ? ["127.0.0.1", "[::1]"] : ["[::1]"]
      ) {
        const health = await runMynah(["health", `${host}:9090`], {
          through: networkOf(pid),
        });
        assertEquals([health.code, health.stderr], [0, ""]);
      }
      assertMatch(
        mynah.log,
        /listening=tcp:\/\/\S+:7007,udp:\/\/\S+:7007 /,
      );
    },
  );
}

testWith(
  IN_NETWORK,
  "where IPv6 sockets take no IPv4, 0.0.0.0 and [::] serve side by side",
  async () => {
    using folder = new TempFolder();
    const hosts = folder.write("hosts", "");
    const listen = ["tcp", "udp"].flatMap((transport) =>
      ["0.0.0.0", "[::]"].map((host) => `${transport}://${host}:7007`)
    );
    const config = { services: [echo(...listen)] };
    const file = folder.write("both.yaml", JSON.stringify(config));
    const checked = await runMynah(["check", file], {
      through: through(hosts, 1),
    });
    assertEquals([checked.code, checked.stderr], [0, ""]);
    await using mynah = await Mynah.configured(config, {
      through: through(hosts, 1),
    });
    const wanted = [
      ...["tcp://127.0.0.1:7007", "tcp://[::1]:7007"],
      ...["udp://127.0.0.1:7007", "udp://[::1]:7007"],
    ];
    assertEquals(await answering(mynah.pid, wanted), wanted);
    await mynah.reload({ services: [echo("tcp://*:7007", "udp://*:7007")] });
    assertEquals(await answering(mynah.pid, wanted), wanted);
  },
);

testWith(
  IN_NETWORK,
  "an address of a name is served, and those of other machines are left out",
  async () => {
    using folder = new TempFolder();
    const hosts = folder.write(
      "hosts",
      "127.0.0.1 twice\n::1 twice\n192.0.2.1 twice\n192.0.2.1 elsewhere\n",
    );
    const at = (port: number) => [`tcp://twice:${port}`, `udp://twice:${port}`];
    await using mynah = await Mynah.configured({
      services: [echo(...at(7007), "tcp://twice:0")],
    }, { through: through(hosts) });
    const { pid, log, addresses } = mynah;
    const [{ port }] = addresses.slice(-1);
    assertMatch(log, /address of a name skipped .*host=192\.0\.2\.1/);
    const wanted = [7007, port].flatMap((port) =>
      ["127.0.0.1", "[::1]"].map((host) => `tcp://${host}:${port}`)
    ).concat(["udp://127.0.0.1:7007", "udp://[::1]:7007"]);
    assertEquals(await answering(pid, wanted), wanted);
    assertMatch(
      await mynah.reload({ services: [echo(...at(7007), "tcp://twice:0")] }),
      /reloaded\b(?!.*(bound|released)=\S*:)/,
    );

    folder.write(
      "elsewhere.yaml",
      JSON.stringify({ services: [echo("tcp://elsewhere:7007")] }),
    );
    const { code, stderr } = await runMynah(
      ["serve", "--config", folder.file("elsewhere.yaml")],
      { through: through(hosts) },
    );
    assertEquals(code, 69);
    assertMatch(
      stderr,
      /Cannot bind "tcp:\/\/elsewhere:7007": this machine has no such address/,
    );
  },
);

for (const transport of ["tcp", "udp"] as const) {
  testWith(
    [IPV6],
    `a reload renames a ${transport} address that is served`,
    async () => {
      const port = ownPort();
      const config = (host: string) => ({
        services: [echo(`${transport}://${host}:${port}`)],
      });
      await using mynah = await Mynah.configured(config("127.0.0.1"));
      const address = { transport, hostname: "127.0.0.1", port };
      const exchange = transport === "tcp" ? exchangeTcp : exchangeUdp;
      for (
        const host of [
          "localhost",
          MAPPED,
          "127.0.0.1",
          "localhost",
          "*",
          "127.0.0.1",
        ]
      ) {
        assertMatch(await mynah.reload(config(host)), /info {2}reloaded/);
        assertEquals(await exchange(address, HELLO), HELLO);
      }
    },
  );
}

Deno.test("a reload renames admin's address", async () => {
  const port = ownPort();
  const config = (host: string) => ({
    admin: `${host}:${port}`,
    services: [echo("tcp://127.0.0.1:0")],
  });
  await using mynah = await Mynah.configured(config("127.0.0.1"));
  for (const host of ["localhost", MAPPED, "127.0.0.1"]) {
    assertMatch(await mynah.reload(config(host)), /info {2}reloaded/);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    assertEquals([response.status, await response.text()], [200, "ready\n"]);
  }
});

Deno.test("an address that is renamed keeps its socket, and shows its new name", async () => {
  const port = ownPort();
  const config = (host: string) => ({
    services: [echo(`tcp://${host}:${port}`)],
  });
  await using mynah = await Mynah.configured(config(MAPPED));
  const address = { transport: "tcp", hostname: "127.0.0.1", port } as const;
  using connection = await connect(address);
  assertEquals(await echoOn(connection, HELLO), HELLO);
  assertMatch(
    await mynah.reload(config("127.0.0.1")),
    /reloaded\b(?!.*(bound|released)=\S*:)/,
  );
  assertEquals(await echoOn(connection, HELLO), HELLO);
  connection.close();
  await mynah.line(
    new RegExp(`connection ended .*address=tcp://127.0.0.1:${port}`),
  );
});

Deno.test("check finds one address that is spelled in several ways", async () => {
  using folder = new TempFolder();
  const spellings = [
    ["127.0.0.1", "localhost"],
    ["127.0.0.1", "LocalHost"],
    ["127.0.0.1", MAPPED],
    ["localhost", "[::FFFF:7f00:1]"],
    ["[::1]", "[0:0:0:0:0:0:0:1]"],
    ["0.0.0.0", "localhost"],
    ["*", "localhost"],
  ];
  for (const transport of ["tcp", "udp"]) {
    for (const [one, other] of spellings) {
      const file = folder.write(
        "mynah.yaml",
        JSON.stringify({
          services: [
            echo(`${transport}://${one}:7007`, `${transport}://${other}:7007`),
          ],
        }),
      );
      const { code, stderr } = await runMynah(["check", file]);
      assertEquals(code, 78, `${one} and ${other}`);
      assertMatch(stderr, /services\[0\]\.listen\[1\]: \S+ (overlaps|is also)/);
    }
  }
});
