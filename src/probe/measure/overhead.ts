/**
 * What the probe itself adds to a round-trip time: measured against an echo that
 * does nothing, in this process.
 *
 * @module
 */

import type { Transport } from "../../base/address.ts";
import { maxPayload } from "../reach/datagrams.ts";
import type { Flow } from "./flow.ts";
import type { Distribution } from "../figures/histogram.ts";
import { identify } from "./identify.ts";
import { Ledger } from "./ledger.ts";
import { Messages, type Sizes } from "./message.ts";
import { sendAll } from "./schedule.ts";
import { TcpFlow } from "./tcp_flow.ts";
import { UdpFlow } from "./udp_flow.ts";

/** Longer than anything in one process takes. */
const TIMEOUT_MS = 1000;
const HOSTNAME = "127.0.0.1";

/** What was measured. */
export interface Overhead {
  /** Messages that go nowhere: the probe's own code. */
  readonly code: Distribution;
  /** An echo in the same process: the code, and both ways through the runtime and the system's loopback. */
  readonly loopback: Distribution;
}

/** Measures the overhead with so many messages; and since that runs all of the code, warms it up. */
export async function measureOverhead(
  transport: Transport,
  { min, max }: Sizes,
  count: number,
): Promise<Overhead> {
  // What only fits IPv6 does not fit this loopback address.
  const most = transport === "udp" ? maxPayload(HOSTNAME) : max;
  const sizes = { min: Math.min(min, most), max: Math.min(max, most) };
  const nowhere = new NullFlow(new Messages(sizes), newLedger());
  const code = await measure(nowhere, count);
  using echo = transport === "tcp" ? tcpEcho() : udpEcho();
  const { port } = echo;
  const messages = new Messages(sizes);
  const flow = transport === "tcp"
    ? new TcpFlow(
      await Deno.connect({ hostname: HOSTNAME, port }),
      () => Promise.reject(new Error("The echo is gone")),
      messages,
      newLedger(),
    )
    : new UdpFlow({ hostname: HOSTNAME, port }, messages, newLedger());
  return { code, loopback: await measure(flow, count) };
}

async function measure(flow: Flow, count: number): Promise<Distribution> {
  const { signal } = new AbortController();
  await sendAll([flow], { kind: "flood" }, { count, signal });
  flow.close();
  return flow.ledger.statistics.distribution;
}

function newLedger(): Ledger {
  return new Ledger({ flow: 1, timeoutMs: TIMEOUT_MS, onEvent() {} });
}

/** Messages that come back at once, from nowhere. */
class NullFlow implements Flow {
  readonly ledger: Ledger;
  readonly open = true;
  readonly waiting = 0;
  readonly #messages: Messages;

  constructor(messages: Messages, ledger: Ledger) {
    this.#messages = messages;
    this.ledger = ledger;
  }

  send(): void {
    const message = this.#messages.build(this.ledger.next);
    const now = performance.now();
    this.ledger.sent(now);
    Promise.resolve(message).then((reply) => {
      const then = performance.now();
      const found = identify(reply, this.#messages, this.ledger)!;
      this.ledger.arrived(found.seq, then, reply.length, found);
    });
  }

  expire(): void {}

  close(): void {}
}

interface Echo extends Disposable {
  readonly port: number;
}

function udpEcho(): Echo {
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: HOSTNAME,
    port: 0,
  });
  const { port } = socket.addr as Deno.NetAddr;
  async function serve(): Promise<void> {
    for await (const [datagram, sender] of socket) {
      await socket.send(datagram, sender);
    }
  }
  serve().catch(() => {}); // Ends when the socket is closed.
  return { port, [Symbol.dispose]: () => socket.close() };
}

function tcpEcho(): Echo {
  const listener = Deno.listen({ hostname: HOSTNAME, port: 0 });
  async function serve(): Promise<void> {
    using connection = await listener.accept();
    const buffer = new Uint8Array(64 * 1024);
    for (let length; (length = await connection.read(buffer)) !== null;) {
      for (let rest = buffer.subarray(0, length); rest.length > 0;) {
        rest = rest.subarray(await connection.write(rest));
      }
    }
  }
  serve().catch(() => {}); // Ends when the other side closes.
  return {
    port: listener.addr.port,
    [Symbol.dispose]: () => listener.close(),
  };
}
