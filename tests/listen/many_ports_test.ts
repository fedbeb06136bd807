import { assertLess } from "@std/assert";
import { exchangeUdp } from "../support/clients.ts";
import { Mynah } from "../support/mynah.ts";
import { descriptors, LINUX, testWith } from "../support/needs.ts";

const PORTS = 2000;
const KIB = 1024;

function serve(ports: number): Promise<Mynah> {
  const listen = Array.from({ length: ports }, () => "udp://127.0.0.1:0");
  const service = { name: "echo", type: "echo", listen };
  return Mynah.configured({ services: [service] });
}

testWith(
  [LINUX, descriptors(PORTS + 100)],
  "an idle UDP port takes less than 20 KiB",
  async () => {
    await using one = await serve(1);
    await using many = await serve(PORTS + 1);
    // The largest datagram there may be, on one of them, is not paid for by the others.
    await exchangeUdp(many.addresses[0], new Uint8Array(60_000));
    assertLess((many.memory() - one.memory()) / PORTS, 20 * KIB);
  },
);
