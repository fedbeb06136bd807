import { assertEquals, assertRejects } from "@std/assert";
import type { Address } from "../../src/base/address.ts";
import {
  firstToAccept,
  firstToAnswer,
} from "../../src/probe/measure/choose_host.ts";
import { connect } from "../../src/probe/reach/connect.ts";
import { ReachError } from "../../src/probe/reach/reach_error.ts";
import { withTimeLimit } from "../../src/base/time.ts";
import {
  drain,
  nobody,
  tcpServer,
  udpEcho,
  udpServer,
} from "../support/servers.ts";
import { LOOPBACK_NET, testWith } from "../support/needs.ts";

const never = new AbortController().signal;
/** Another address of the same machine, where nobody listens. */
const DEAD = "127.0.0.2";
const ALIVE = "127.0.0.1";

function target({ transport, port }: Deno.NetAddr): Address {
  return {
    transport: transport as "tcp" | "udp",
    hostname: "example.org",
    port,
  };
}

testWith(
  [LOOPBACK_NET],
  "connecting goes on to a name's next address when one refuses",
  async () => {
    using server = tcpServer(drain);
    const { connection, hostname } = await connect(
      target(server.address),
      [DEAD, ALIVE],
      never,
    );
    connection.close();
    assertEquals(hostname, ALIVE);
  },
);

testWith(
  [LOOPBACK_NET],
  "connecting says why not, once when all addresses say the same",
  async () => {
    const address = target(nobody("tcp"));
    const { port } = address;
    await assertRejects(
      () => connect(address, [DEAD, ALIVE], never),
      ReachError,
      `Cannot reach "tcp://example.org:${port}": connection refused`,
    );
  },
);

testWith(
  [LOOPBACK_NET],
  "over UDP the address that answers is taken, though another is preferred",
  async () => {
    using echo = udpEcho(ALIVE);
    const found = await firstToAnswer(
      target(echo.address),
      [DEAD, ALIVE],
      never,
    );
    assertEquals(found, ALIVE);
  },
);

testWith(
  [LOOPBACK_NET],
  "over TCP the address that accepts is taken, or the preferred one",
  async () => {
    using server = tcpServer(drain);
    const both = [DEAD, ALIVE];
    const found = await firstToAccept(target(server.address), both, never);
    assertEquals(found, ALIVE);
    const none = await firstToAccept(target(nobody("tcp")), both, never);
    assertEquals(none, DEAD);
  },
);

Deno.test("over UDP the preferred address is taken when nobody answers", async () => {
  using silent = udpServer(() => undefined);
  const found = await withTimeLimit(
    300,
    (signal) => firstToAnswer(target(silent.address), [ALIVE, DEAD], signal),
  );
  assertEquals(found, ALIVE);
});
