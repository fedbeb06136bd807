import { assert, assertEquals } from "@std/assert";
import { connect, exchangeUdp } from "../support/clients.ts";
import { Mynah, services } from "../support/mynah.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import {
  NAMESPACE_IPV6,
  NETWORK_NAMESPACE,
  testWith,
  UNIX,
} from "../support/needs.ts";

const HELLO = new TextEncoder().encode("hello");
const PORT = 7;

/** Runs a command line in a new network whose one interface has several addresses, and whose other one has one of the same. */
const WITH_ADDRESSES = inNewNetwork(`
ip link add wide type bridge
ip link add twin type bridge
for address in 10.1.0.1 10.1.0.2 10.1.0.3; do
  ip address add $address/24 dev wide
done
for address in fd00:1::1 fd00:1::2 fd00:1::3; do
  ip address add $address/64 dev wide nodad
done
ip address add 10.1.0.1/32 dev twin
ip link set wide up
ip link set twin up
`);

const IN_ADDRESSES = [NETWORK_NAMESPACE, NAMESPACE_IPV6, "nsenter", "ss"];

/** A mynah that echoes on every address of a network of its own. */
class Wildcard implements AsyncDisposable {
  readonly #mynah: Mynah;

  private constructor(mynah: Mynah) {
    this.#mynah = mynah;
  }

  static async serve(host: string): Promise<Wildcard> {
    const service = `echo=udp://${host}:${PORT}`;
    const through = WITH_ADDRESSES;
    return new Wildcard(await Mynah.serve(services(service), { through }));
  }

  /** Resolves to the address that answers when `to` is asked from `from`. */
  async answerer(from: string, to: string): Promise<string> {
    const { text, stderr } = await this.run([
      Deno.execPath(),
      ...["run", "--unstable-net", "--allow-net", "tests/listen/udp_ask.ts"],
      ...[from, to, String(PORT)],
    ]);
    return text.trim() || stderr;
  }

  /** Changes an address of the interface. */
  async change(change: "add" | "del", address: string): Promise<void> {
    const { code, stderr } = await this.run(
      `ip address ${change} ${address} dev wide`.split(" "),
    );
    assertEquals([code, stderr], [0, ""]);
  }

  /** Waits until an address was followed, or is gone, so many times. */
  async line(message: string, hostname: string, nth = 1): Promise<void> {
    const line = `${message} service=echo address=\\S+ hostname=${hostname}$`;
    await this.#mynah.line(new RegExp(line), nth);
  }

  /** The addresses that have a socket, but for those that the system gave to a link, in the system's own order. */
  async bound(): Promise<string[]> {
    const { text } = await this.run(["ss", "-Hlun"]);
    return text.trim().split("\n").map((line) =>
      line.split(/\s+/)[3].replace(`:${PORT}`, "").replace(/^\[|\]$/g, "")
    ).filter((address) => !address.startsWith("fe80:")).sort();
  }

  run(command: readonly string[]) {
    return run([...networkOf(this.#mynah.pid), ...command]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#mynah[Symbol.asyncDispose]();
  }
}

testWith(
  IN_ADDRESSES,
  "on *, an answer comes from the address that was asked",
  async () => {
    await using mynah = await Wildcard.serve("*");
    for (const to of ["10.1.0.1", "10.1.0.2", "10.1.0.3", "127.0.0.1"]) {
      assertEquals(await mynah.answerer("10.1.0.1", to), to);
    }
    for (const to of ["fd00:1::1", "fd00:1::2", "fd00:1::3", "::1"]) {
      assertEquals(await mynah.answerer("fd00:1::1", to), to);
    }
  },
);

testWith(
  [NETWORK_NAMESPACE, "nsenter", "ss"],
  "0.0.0.0 is every IPv4 address, and no other",
  async () => {
    await using mynah = await Wildcard.serve("0.0.0.0");
    assertEquals(await mynah.answerer("10.1.0.1", "10.1.0.2"), "10.1.0.2");
    assertEquals(
      await mynah.bound(),
      ["10.1.0.1", "10.1.0.2", "10.1.0.3", "127.0.0.1"],
    );
  },
);

testWith(IN_ADDRESSES, "[::] is every address", async () => {
  await using mynah = await Wildcard.serve("[::]");
  assertEquals(await mynah.answerer("10.1.0.1", "10.1.0.2"), "10.1.0.2");
  assertEquals(await mynah.answerer("fd00:1::1", "fd00:1::2"), "fd00:1::2");
  assertEquals((await mynah.bound()).length, 8);
});

testWith(
  IN_ADDRESSES,
  "addresses are followed as they come and go",
  async () => {
    await using mynah = await Wildcard.serve("*");
    await mynah.change("add", "10.1.0.4/24");
    await mynah.change("add", "fd00:1::4/64 nodad");
    await mynah.change("del", "10.1.0.2/24");
    await mynah.line("address followed", "10.1.0.4");
    await mynah.line("address followed", "fd00:1::4");
    await mynah.line("address gone", "10.1.0.2");
    assertEquals(await mynah.answerer("10.1.0.1", "10.1.0.4"), "10.1.0.4");
    assertEquals(await mynah.answerer("fd00:1::1", "fd00:1::4"), "fd00:1::4");
    const bound = await mynah.bound();
    assertEquals(bound.length, 9);
    assert(!bound.includes("10.1.0.2"));

    await mynah.change("add", "10.1.0.2/24");
    await mynah.line("address followed", "10.1.0.2");
    assertEquals(await mynah.answerer("10.1.0.1", "10.1.0.2"), "10.1.0.2");
  },
);

testWith(
  [UNIX, "sh"],
  "without free descriptors to look for addresses with, the known ones are served",
  async () => {
    await using mynah = await Mynah.configured(
      `
log: { level: debug }
services:
  - { name: echo, type: echo, listen: ["tcp://127.0.0.1:0", "udp://*:0"] }
`,
      { through: ["sh", "-c", 'ulimit -n 64; exec "$@"', "sh"] },
    );
    const { port } = mynah.address("udp");
    const waiting = await Promise.all(
      Array.from({ length: 64 }, () => connect(mynah.address("tcp"))),
    );
    await mynah.line(/addresses not read/);
    const address = { transport: "udp", hostname: "127.0.0.1", port } as const;
    assertEquals(await exchangeUdp(address, HELLO), HELLO);
    for (const connection of waiting) connection.close();
    assertEquals(await mynah.stop(), 0);
  },
);
