/**
 * What a test needs and a machine may lack: IPv6, a program, the rights of
 * root. Each is found out here and nowhere else, when a test first asks for it.
 *
 * A test that cannot do without says so, and is skipped by name elsewhere:
 *
 *     testWith([IPV6], "TCP echo serves IPv6", async () => { … });
 *     testWith([LINUX, "nc", "sh"], "nc gets its bytes back", async () => { … });
 *     // … TCP echo serves IPv6 (needs IPv6) ... ignored
 *
 * A string is a program on `PATH`. Even `sh` is one: only Node, git and coreutils
 * may be taken for granted. A test that can do without asks with
 * {@linkcode has}, and tests the rest. A case for each address is a test of its
 * own, so that IPv4 is tested where IPv6 is missing:
 *
 *     for (const host of ["127.0.0.1", "127.0.0.2", "::1"]) {
 *       testWith(needsOf(host), `TCP echo on ${host}`, async () => { … });
 *     }
 *
 * What nobody needs to ask for is 127.0.0.1 and port 0. Fixed ports belong in a
 * network namespace (`networks.ts`), with {@linkcode NETWORK_NAMESPACE}.
 *
 * `MYNAH_PROGRAMS=required` is for machines that have every program: there, a
 * test whose program is missing fails, and is not skipped.
 *
 * @module
 */

import { inNewNetwork, isLocal, withHostsFile } from "./networks.ts";

/** Something that a machine may lack. */
export interface Need {
  /** How it is called where a test is skipped: "needs IPv6". */
  readonly name: string;
  /** Whether this machine has it. */
  readonly met: () => boolean;
}

/** A need that is found out when first asked for. What throws means no. */
function need(name: string, test: () => boolean): Need {
  let met: boolean | undefined;
  return {
    name,
    met() {
      try {
        return met ??= test();
      } catch {
        return met = false;
      }
    },
  };
}

/** Whether a program runs and ends with 0. */
function succeeds(program: string, ...args: readonly string[]): boolean {
  return new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

/** Linux: `/proc`, `/dev/full`, workers that share a port. */
export const LINUX: Need = need("Linux", () => Deno.build.os === "linux");

/** Anything but Windows: every signal, FIFOs, device files. */
export const UNIX: Need = need("Unix", () => Deno.build.os !== "windows");

/** The executable, in the place of the source. */
export const EXECUTABLE: Need = need(
  "MYNAH_BIN",
  () => Deno.env.get("MYNAH_BIN") !== undefined,
);

/** IPv6 on loopback (`::1`). */
export const IPV6: Need = need("IPv6", () => isLocal("::1"));

/** All of 127.0.0.0/8 is this machine, as on Linux, and not 127.0.0.1 alone. */
export const LOOPBACK_NET: Need = need(
  "127.0.0.0/8",
  () => isLocal("127.77.77.77"),
);

/** The right to bind ports below 1024. */
export const LOW_PORTS: Need = need("ports below 1024", () => {
  try {
    const port = 600 + Deno.pid % 400;
    Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port })
      .close();
    return true;
  } catch (error) {
    return error instanceof Deno.errors.AddrInUse;
  }
});

/** A name server that says of a name that nobody has it. */
export const NAME_SERVER: Need = need("a name server", () => {
  const ask = `setTimeout(() => Deno.exit(1), 3000);
    await Deno.connect({ hostname: "nobody.invalid", port: 7 }).catch(
      (error) => Deno.exit(/not known|no such host/i.test(error.message) ? 0 : 1),
    );`;
  return succeeds(Deno.execPath(), "eval", "--no-config", ask);
});

/** Users other than this one: root. */
export const ROOT: Need = need("root", () => Deno.uid() === 0);

/** The right to make a network namespace: root's, or anybody's where the kernel lets users make namespaces. */
export const NETWORK_NAMESPACE: Need = need(
  "a network namespace",
  () => succeeds(...inNewNetwork(), "true"),
);

/** The right to put another file in the place of `/etc/hosts`, for one process. */
export const OWN_HOSTS_FILE: Need = need(
  "a mount namespace",
  () => succeeds(...withHostsFile("/etc/hosts"), "true"),
);

/** IPv6 in a network namespace, which may be there when the machine's own is turned off, and the other way round. */
export const NAMESPACE_IPV6: Need = need(
  "IPv6 in a network namespace",
  () =>
    succeeds(...inNewNetwork('[ -n "$(ip -6 address show to ::1)" ]'), "true"),
);

/** A TUN device in a network namespace. */
export const TUN: Need = need(
  "a TUN device",
  () => succeeds(...inNewNetwork("ip tuntap add test0 mode tun"), "true"),
);

/** `tc netem` in a network namespace. */
export const NETEM: Need = need(
  "tc netem",
  () => succeeds(...inNewNetwork("tc qdisc add dev lo root netem"), "true"),
);

/** The right to send datagrams with a forged sender, as root on Linux. */
export const RAW_SOCKETS: Need = need("raw sockets", () => {
  const open = "import socket as s; s.socket(s.AF_INET, s.SOCK_RAW, 255)";
  return Deno.build.os === "linux" && succeeds("python3", "-c", open);
});

/**
 * As many file descriptors as `count`. A test with a hundred connections or more
 * needs them: test files that run at the same time are one process.
 */
export function descriptors(count: number): Need {
  return need(`${count} file descriptors`, () => {
    // Deno has raised its limit as far as it may, and its children inherit that.
    if (Deno.build.os !== "linux") {
      return succeeds("sh", "-c", `[ "$(ulimit -n)" -ge ${count} ]`);
    }
    const limits = Deno.readTextFileSync("/proc/self/limits");
    const [, limit] = /^Max open files +(\w+)/m.exec(limits)!;
    return limit === "unlimited" || Number(limit) >= count;
  });
}

/** nginx with its module for TCP. */
export const NGINX_STREAM: Need = need(
  "nginx with stream",
  () =>
    has("nginx") &&
    Deno.statSync("/usr/lib/nginx/modules/ngx_stream_module.so").isFile,
);

/** What a test needs to listen on a loopback address, or to connect from it. */
export function needsOf(hostname: string): readonly Need[] {
  if (hostname.includes(":")) return [IPV6];
  return hostname === "127.0.0.1" ? [] : [LOOPBACK_NET];
}

/** A program on `PATH`. */
function program(name: string): Need {
  const folders = (Deno.env.get("PATH") ?? "").split(
    Deno.build.os === "windows" ? ";" : ":",
  );
  return need(name, () =>
    folders.some((folder) => {
      try {
        return Deno.statSync(`${folder}/${name}`).isFile;
      } catch {
        return false;
      }
    }));
}

/** Whether this machine has what is needed; a string is a program. */
export function has(need: Need | string): boolean {
  if (typeof need !== "string") return need.met();
  return Deno.env.get("MYNAH_PROGRAMS") === "required" || program(need).met();
}

/** `Deno.test`, skipped by name where the machine lacks what it needs; a string is a program. */
export function testWith(
  needs: readonly (Need | string)[],
  name: string,
  fn: (context: Deno.TestContext) => void | Promise<void>,
): void {
  const missing = needs.filter((need) => !has(need)).map((need) =>
    typeof need === "string" ? need : need.name
  );
  const suffix = missing.length > 0 ? ` (needs ${missing.join(", ")})` : "";
  Deno.test({ name: name + suffix, ignore: missing.length > 0, fn });
}
