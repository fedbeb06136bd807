/**
 * The servers that are measured side by side.
 *
 * @module
 */

import { buildC, buildGo, compileLike, type Mynah } from "./build.ts";
import { which } from "./process.ts";

/** Where a server listens: echo over TCP and UDP on one port, quotes on the other. */
export interface Ports {
  readonly echo: number;
  readonly quote: number;
  /** For mynah's health and metrics. */
  readonly admin: number;
}

/** What is asked of a server. */
export type Role = "tcp" | "udp" | "quote" | "start";

/** A server. */
export interface Peer {
  /** As it is shown. */
  readonly name: string;
  /** Its part in the ratios. */
  readonly is?: "mynah" | "bare" | "c";
  /** The most connections that it is asked to hold: a process for each is no server for thousands. */
  readonly maxConnections: number;
  /** Whether one process does everything, so that its memory and processor time can be read. */
  readonly single: boolean;
  /** Whether the short bench includes it. */
  readonly quick: boolean;
  /** The command for a role, or nothing where the server has no such role. */
  command(role: Role, ports: Ports): readonly string[] | undefined;
}

const MANY = 20_000;
/** For servers with a process for each connection. */
const FORKS = 100;

/**
 * Everything on, and nothing so low that it trips: what is measured is the
 * program that one would put on a server.
 */
function mynahConfig({ echo, quote, admin }: Ports): string {
  const limits = `
    allow: [127.0.0.0/8]
    deny: [127.9.9.9]
    max_connections: ${MANY}
    max_connections_per_client: ${MANY}
    idle_timeout: 5m
    udp_replies_per_second: 1000000`;
  return `
log: { level: info }
admin: 127.0.0.1:${admin}
services:
  - name: echo
    type: echo
    listen: [tcp://127.0.0.1:${echo}, udp://127.0.0.1:${echo}]${limits}
  - name: quotes
    type: qotd
    listen: [tcp://127.0.0.1:${quote}, udp://127.0.0.1:${quote}]${limits}
`;
}

function xinetdConfig({ echo, quote }: Ports): string {
  const common = `type = INTERNAL UNLISTED
  bind = 127.0.0.1
  instances = UNLIMITED
  cps = 1000000 1
  log_on_success =
  log_on_failure =
  disable = no`;
  const service = (name: string, kind: string, port: number) =>
    `service ${name}\n{\n  id = ${name}-${kind}\n  port = ${port}\n` +
    `  socket_type = ${kind}\n  protocol = ${
      kind === "dgram" ? "udp" : "tcp"
    }\n` +
    `  wait = ${kind === "dgram" ? "yes" : "no"}\n  ${common}\n}\n`;
  // daytime stands in for quotes: also one short line a connection.
  return service("echo", "stream", echo) + service("echo", "dgram", echo) +
    service("daytime", "stream", quote);
}

/** Writes a config file into a folder that is removed at the end. */
function writeConfig(folder: string, name: string, text: string): string {
  const path = `${folder}/${name}`;
  Deno.writeTextFileSync(path, text);
  return path;
}

/** A program that takes two ports and does all. */
function allInOne(
  name: string,
  command: readonly string[],
  more: Partial<Peer> = {},
): Peer {
  return {
    name,
    maxConnections: MANY,
    single: true,
    quick: false,
    command: (_role, { echo, quote }) => [...command, `${echo}`, `${quote}`],
    ...more,
  };
}

async function bare(mynah: Mynah): Promise<Peer[]> {
  const source = "bench/peers/deno_bare.ts";
  const compiled = await compileLike(mynah, source);
  const run = [Deno.execPath(), "run", "--no-config", "--no-prompt"];
  const peers = [
    allInOne(
      `Deno ${Deno.version.deno}, bare loop${compiled ? "" : ", from source"}`,
      [...run, "--unstable-net", "--allow-net", source],
      compiled ? {} : { is: "bare", quick: true },
    ),
  ];
  if (compiled) {
    peers.unshift(
      allInOne(`Deno ${mynah.deno}, bare loop, compiled`, [compiled], {
        is: "bare",
        quick: true,
      }),
    );
  }
  return peers;
}

async function c(): Promise<Peer> {
  const tcp = await buildC("bench/peers/echo_epoll.c");
  const udp = await buildC("bench/peers/echo_udp.c");
  return {
    name: "C, epoll",
    is: "c",
    maxConnections: MANY,
    single: true,
    quick: true,
    command(role, { echo, quote }) {
      if (role === "udp") return [udp, `${echo}`];
      return role === "quote"
        ? [tcp, "quote", `${quote}`]
        : [tcp, "echo", `${echo}`];
    },
  };
}

function xinetd(folder: string): Peer {
  return {
    name: "xinetd",
    maxConnections: FORKS,
    single: false,
    quick: false,
    command(_role, ports) {
      const file = writeConfig(folder, "xinetd.conf", xinetdConfig(ports));
      return ["xinetd", "-dontfork", "-f", file];
    },
  };
}

function socat(): Peer {
  return {
    name: "socat",
    maxConnections: FORKS,
    single: false,
    quick: false,
    command(role, { echo }) {
      if (role === "quote") return;
      const at = `${echo},bind=127.0.0.1,reuseaddr,fork`;
      return role === "udp"
        ? ["socat", "-b65507", `UDP4-RECVFROM:${at}`, "PIPE"]
        : [
          "socat",
          "-b65536",
          `TCP4-LISTEN:${at},backlog=4096,nodelay`,
          "PIPE",
        ];
    },
  };
}

function ncat(): Peer {
  return {
    name: "ncat",
    maxConnections: FORKS,
    single: false,
    quick: false,
    command(role, { echo }) {
      // Over UDP it stops answering after a hundred clients: not measured.
      if (role !== "tcp" && role !== "start") return;
      const options = [
        "--keep-open",
        "--max-conns",
        "200",
        "--exec",
        "/bin/cat",
      ];
      return ["ncat", "--listen", ...options, "127.0.0.1", `${echo}`];
    },
  };
}

async function hasModule(name: string): Promise<boolean> {
  const { success } = await new Deno.Command("python3", {
    args: ["-c", `import ${name}`],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

async function python(): Promise<Peer[]> {
  const echo = "bench/peers/asyncio_echo.py";
  const peers: Peer[] = [];
  for (const [name, module] of [["asyncio", "asyncio"], ["uvloop", "uvloop"]]) {
    if (!await hasModule(module)) continue;
    peers.push({
      ...allInOne(`Python, ${name}`, []),
      command: (_role, ports) => [
        "python3",
        echo,
        `${ports.echo}`,
        `${ports.quote}`,
        ...(name === "uvloop" ? ["uvloop"] : []),
      ],
    });
  }
  return peers;
}

/**
 * Lists mynah and every peer that this machine has.
 *
 * @param folder where config files may be written
 */
export async function findPeers(mynah: Mynah, folder: string): Promise<Peer[]> {
  const go = await buildGo("bench/peers/go_echo.go");
  return [
    {
      name: mynah.compiled ? "mynah" : "mynah, from source",
      is: "mynah",
      maxConnections: MANY,
      single: true,
      quick: true,
      command(_role, ports) {
        const file = writeConfig(folder, "mynah.yaml", mynahConfig(ports));
        return [...mynah.command, "serve", "--config", file];
      },
    },
    ...await bare(mynah),
    await c(),
    ...(go ? [allInOne("Go", [go], { quick: true })] : []),
    ...(which("node")
      ? [
        allInOne("Node", ["node", "bench/peers/node_echo.mjs"], {
          quick: true,
        }),
      ]
      : []),
    ...(which("python3") ? await python() : []),
    ...(which("xinetd") ? [xinetd(folder)] : []),
    ...(which("socat") ? [socat()] : []),
    ...(which("ncat") ? [ncat()] : []),
  ];
}
