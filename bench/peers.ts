/**
 * The servers that are measured side by side.
 *
 * @module
 */

import { buildC, buildGo, compileLike, type Mynah } from "./build.ts";
import { MANY, mynahConfig, type Ports, xinetdConfig } from "./configs.ts";
import { run, which } from "./process.ts";

/** What is asked of a server. */
export type Role = "tcp" | "udp" | "quote" | "idle" | "start";

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
  /** Whether it ends by itself, and this is all that is measured. */
  readonly ends?: boolean;
  /** The command for a role, or nothing where the server has no such role. */
  command(role: Role, ports: Ports): readonly string[] | undefined;
}

/** For servers with a process for each connection. */
const FORKS = 100;

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

/** A bare program that has one role only. */
function only(role: Role, name: string, command: readonly string[]): Peer {
  const peer = allInOne(name, []);
  return {
    ...peer,
    command: (asked, ports) =>
      asked === role
        ? [...command, `${ports.echo}`, `${ports.quote}`, "64"]
        : undefined,
  };
}

/** Deno by itself: on the runtime that is in mynah, and on the one at hand. */
async function bare(mynah: Mynah): Promise<Peer[]> {
  const source = "bench/peers/deno_bare.ts";
  const nothing = "bench/peers/deno_empty.ts";
  const compiled = await compileLike(mynah, source);
  const empty = await compileLike(mynah, nothing);
  const deno = [Deno.execPath(), "run", "--no-config", "--no-prompt"];
  const uncompiled = [...deno, "--unstable-net", "--allow-net", source];
  const here = `Deno ${Deno.version.deno}, bare`;
  const like = compiled ? `Deno ${mynah.deno}, bare` : here;
  const base: Partial<Peer> = { is: "bare", quick: true };
  return [
    allInOne(like, compiled ? [compiled] : uncompiled, base),
    only(
      "idle",
      `${like}, 64-byte buffers`,
      compiled ? [compiled] : uncompiled,
    ),
    {
      ...only("start", `${like}, empty`, empty ? [empty] : [...deno, nothing]),
      quick: true,
      ends: true,
    },
    ...(compiled ? [allInOne(`${here}, not compiled`, uncompiled)] : []),
  ];
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
  const { code } = await run(["python3", "-c", `import ${name}`]);
  return code === 0;
}

async function python(): Promise<Peer[]> {
  const command = ["python3", "bench/peers/asyncio_echo.py"];
  return [
    allInOne("Python, asyncio", [...command, "asyncio"]),
    ...(await hasModule("uvloop")
      ? [allInOne("Python, uvloop", [...command, "uvloop"])]
      : []),
  ];
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
