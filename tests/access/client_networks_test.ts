import { assertEquals } from "@std/assert";
import { Mynah } from "../support/mynah.ts";
import { inNewNetwork, networkOf } from "../support/networks.ts";
import { run } from "../support/programs.ts";
import {
  NAMESPACE_IPV6,
  NETWORK_NAMESPACE,
  testWith,
} from "../support/needs.ts";
import { TempFolder } from "../support/temp_folder.ts";

const PORT = 7777;
const PER_CLIENT = 2;

/** A network in which whole prefixes are this machine's. */
const PREFIXES = ["2001:db8::/32", "64:ff9b::/96", "2002::/16"];
const WITH_PREFIXES = inNewNetwork(
  PREFIXES.map((prefix) => `ip -6 route add local ${prefix} dev lo`)
    .join("\n"),
);

/** On how many connections from each of these sources, one after the other, an echo answers. */
async function served(sources: readonly string[]): Promise<number[]> {
  using folder = new TempFolder();
  const config = folder.write(
    "mynah.yaml",
    `services: [{ name: e, type: echo, listen: "tcp://[::]:${PORT}", max_connections_per_client: ${PER_CLIENT} }]\n`,
  );
  await using mynah = await Mynah.serve(["--config", config], {
    through: WITH_PREFIXES,
  });
  const program = new URL("./many_sources.py", import.meta.url).pathname;
  const { code, text, stderr } = await run([
    ...networkOf(mynah.pid),
    ...["python3", program, "::1", `${PORT}`, `${PER_CLIENT + 1}`],
    ...sources,
  ]);
  assertEquals(code, 0, stderr);
  return text.trim().split("\n").map(Number);
}

const NEEDS = [NETWORK_NAMESPACE, NAMESPACE_IPV6, "nsenter", "ip", "python3"];

testWith(
  NEEDS,
  "a /56 and a /48 have looser limits than the clients in them",
  async () => {
    const of56 = Array.from({ length: 6 }, (_, i) => `2001:db8:0:${i}::1`);
    const of48 = Array.from(
      { length: 16 },
      (_, i) => `2001:db8:0:${i + 1}00::1`,
    );
    assertEquals(await served([...of56, ...of48, "2001:db8:1::1"]), [
      // The /56 is full with 8 connections, the /48 with 32.
      ...[2, 2, 2, 2, 0, 0],
      ...Array(12).fill(2),
      ...[0, 0, 0, 0],
      2,
    ]);
  },
);

testWith(
  NEEDS,
  "hosts behind a NAT64 are clients of their own, and 6to4 makes no further ones",
  async () => {
    const nat64 = Array.from(
      { length: 10 },
      (_, i) => `64:ff9b::10.0.0.${i + 1}`,
    );
    const sixToFour = Array.from(
      { length: 3 },
      (_, i) => `2002:c000:201:${i}::1`,
    );
    assertEquals(await served([...nat64, ...sixToFour]), [
      ...Array(10).fill(2),
      ...[2, 0, 0],
    ]);
  },
);
