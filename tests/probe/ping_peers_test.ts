import { assertEquals } from "@std/assert";
import { runMynah } from "../support/cli.ts";
import { TempFolder } from "../support/temp_folder.ts";
import { testWith } from "../support/needs.ts";

type Transport = "tcp" | "udp";

/** A port that was free a moment ago, for programs that cannot be told to choose one. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Runs a program so that SIGTERM ends it together with its children, which ncat's outlive it otherwise. */
const TOGETHER = [
  "setsid",
  "sh",
  "-c",
  'trap "kill -KILL 0" TERM; "$@" & wait',
  "sh",
];

/** Somebody else's server, until it is disposed of. */
class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #folder: TempFolder | undefined;

  /** @param folder Its own files. */
  constructor(
    program: string,
    args: readonly string[],
    folder?: TempFolder,
  ) {
    this.#folder = folder;
    const [first, ...rest] = TOGETHER;
    this.#child = new Deno.Command(first, {
      args: [...rest, program, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    this.#folder?.[Symbol.dispose]();
  }
}

function socatEcho(transport: Transport, port: number): Program {
  return new Program("socat", [
    transport === "tcp"
      ? `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork`
      : `UDP-RECVFROM:${port},bind=127.0.0.1,fork`,
    "EXEC:cat",
  ]);
}

function ncatEcho(transport: Transport, port: number): Program {
  const udp = transport === "udp" ? ["--udp"] : [];
  return new Program("ncat", [
    ...udp,
    "--listen",
    "--keep-open",
    "--exec",
    "/bin/cat",
    "127.0.0.1",
    `${port}`,
  ]);
}

function xinetdEcho(transport: Transport, port: number): Program {
  const stream = transport === "tcp";
  const folder = new TempFolder();
  const file = folder.write(
    "xinetd.conf",
    `service echo
{
  id = echo-${transport}
  type = INTERNAL UNLISTED
  socket_type = ${stream ? "stream" : "dgram"}
  protocol = ${transport}
  wait = ${stream ? "no" : "yes"}
  user = ${Deno.uid()}
  bind = 127.0.0.1
  port = ${port}
  cps = 10000 1
}
`,
  );
  // xinetd removes its pid file when it ends: as root, even /dev/null.
  const pidFile = folder.file("pid");
  const args = ["-dontfork", "-f", file, "-pidfile", pidFile];
  return new Program("xinetd", args, folder);
}

const PEERS: Readonly<
  Record<
    string,
    (transport: Transport, port: number) => Program
  >
> = { socat: socatEcho, ncat: ncatEcho, xinetd: xinetdEcho };

for (const [program, start] of Object.entries(PEERS)) {
  for (const transport of ["tcp", "udp"] as const) {
    testWith(
      [program, "setsid"],
      `ping and talk understand ${program}'s echo over ${transport}`,
      async () => {
        const port = freePort();
        await using _server = start(transport, port);
        const target = `${transport}://127.0.0.1:${port}`;
        await answers(target);
        // ncat merges datagrams, and xinetd drops them, when they come faster than they are read.
        const count = transport === "tcp" ? 5 : 1;
        const options = [`-c${count}`, "-i.05", "-q", "--json"];
        const ping = await runMynah(["ping", ...options, target]);
        const { received, damaged, duplicated, stray } = JSON.parse(
          ping.stdout,
        );
        assertEquals([received, damaged, duplicated, stray], [count, 0, 0, 0]);
        assertEquals(ping.code, 0);
        const talk = await runMynah(["talk", target], { stdin: "hello\n" });
        assertEquals([talk.code, talk.stdout], [0, "hello\n"]);
      },
    );
  }
}

/** Waits until a server answers: it is started, and says nothing when it is ready. */
async function answers(target: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const { code } = await runMynah(["ping", "-qc1", "-W.2", target]);
    if (code === 0) return;
  }
  throw new Error(`Nobody answers at ${target}`);
}

testWith(
  ["socat", "setsid"],
  "quote understands socat over TCP and UDP",
  async () => {
    for (
      const [option, listen] of [["-4", "TCP-LISTEN"], ["-u", "UDP-RECVFROM"]]
    ) {
      const port = freePort();
      await using _server = new Program("socat", [
        `${listen}:${port},bind=127.0.0.1,reuseaddr,fork`,
        "SYSTEM:echo All that glisters is not gold",
      ]);
      let ran = await runMynah(["quote", option, `127.0.0.1:${port}`]);
      while (ran.stderr.includes("refused")) {
        ran = await runMynah(["quote", option, `127.0.0.1:${port}`]);
      }
      assertEquals(ran, {
        code: 0,
        stdout: "All that glisters is not gold\n",
        stderr: "",
      });
    }
  },
);
