/**
 * From a target to flows that can be measured.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import { receiveCapacity } from "./batches.ts";
import { connect, type Connected, connectOnce } from "../reach/connect.ts";
import {
  type ProxyVersion,
  sendProxyHeader,
} from "../reach/send_proxy_header.ts";
import { ConnectFlow } from "./connect_flow.ts";
import type { ProbeEvent } from "./events.ts";
import type { Flow } from "./flow.ts";
import { Ledger } from "./ledger.ts";
import { Messages, type Sizes } from "./message.ts";
import { firstToAccept, firstToAnswer } from "./choose_host.ts";
import { ReachError, socketReason } from "../reach/reach_error.ts";
import { type Family, resolve } from "../reach/resolve.ts";
import type { Standstill } from "./standstill.ts";
import { type Connect, TcpFlow } from "./tcp_flow.ts";
import { isCalledOff, nextTurn, withTimeLimit } from "../../base/time.ts";
import { UdpFlow } from "./udp_flow.ts";

/** How a target is to be asked. */
export interface FlowOptions {
  readonly family: Family;
  /** How many connections, or UDP ports of ours. */
  readonly flows: number;
  /** Over UDP: the address to send from; absent: the system chooses. */
  readonly source?: string;
  readonly sizes: Sizes;
  /** Over TCP: measure how long connecting takes, not what comes back. */
  readonly connect: boolean;
  /** Over TCP: the version of the PROXY header that each connection begins with. */
  readonly proxyProtocol?: ProxyVersion;
  /** How long connecting, or a reply, may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly onEvent: (event: ProbeEvent) => void;
  /** Knows when this process could not read what came in. */
  readonly standstill: Standstill;
  readonly signal: AbortSignal;
}

/** Flows to one address of a target. */
export interface Opened {
  /** The address that was chosen. */
  readonly hostname: string;
  readonly flows: readonly Flow[];
  /** How long connecting took, for each flow that is a connection, in milliseconds. */
  readonly connectMs: readonly number[];
}

/**
 * Resolves a target and opens flows to it. A name with several addresses is asked
 * for the one that answers first, the preferred one having a head start.
 *
 * @throws {ReachError} When there is no such name, or nobody lets us in.
 */
export async function openFlows(
  target: Address,
  options: FlowOptions,
): Promise<Opened> {
  return await withTimeLimit(options.timeoutMs, async (signal) => {
    const addresses = await resolve(target, options.family, signal);
    try {
      if (target.transport === "udp") {
        const hostname = await firstToAnswer(target, addresses, signal);
        return await openUdp(target, hostname, options);
      }
      if (!options.connect) {
        return await openTcp(target, addresses, options, signal);
      }
      const hostname = await firstToAccept(target, addresses, signal);
      return openConnects(target, hostname, options);
    } catch (error) {
      if (error instanceof ReachError || isCalledOff(error, signal)) {
        throw error;
      }
      throw new ReachError(target, socketReason(error), { cause: error });
    }
  }, options.signal);
}

async function openTcp(
  target: Address,
  addresses: readonly string[],
  options: FlowOptions,
  signal: AbortSignal,
): Promise<Opened> {
  const { proxyProtocol } = options;
  const begin = async (connected: Connected): Promise<Connected> => {
    if (proxyProtocol !== undefined) {
      await sendProxyHeader(connected.connection, proxyProtocol);
    }
    return connected;
  };
  const first = await begin(await connect(target, addresses, signal));
  const { hostname } = first;
  const connectAgain = async (signal: AbortSignal) =>
    await begin(await connectOnce(hostname, target.port, signal));
  const others = await Promise.allSettled(
    Array.from(
      { length: options.flows - 1 },
      () => connectAgain(signal),
    ),
  );
  const failed = others.find(({ status }) => status === "rejected");
  const all = [
    first,
    ...others.flatMap((one) => one.status === "fulfilled" ? [one.value] : []),
  ];
  if (failed?.status === "rejected") {
    for (const { connection } of all) connection.close();
    throw failed.reason;
  }
  const again: Connect = (signal) =>
    withTimeLimit(
      options.timeoutMs,
      connectAgain,
      signal,
    );
  return {
    hostname,
    flows: all.map(({ connection }, i) =>
      new TcpFlow(
        connection,
        again,
        new Messages(options.sizes),
        newLedger(i, options),
      )
    ),
    connectMs: all.map(({ connectMs }) => connectMs),
  };
}

function openConnects(
  { port }: Address,
  hostname: string,
  options: FlowOptions,
): Opened {
  const flows = Array.from(
    { length: options.flows },
    (_, i) =>
      new ConnectFlow(
        { hostname, port },
        options.timeoutMs,
        newLedger(i, options),
      ),
  );
  return { hostname, flows, connectMs: [] };
}

async function openUdp(
  { port }: Address,
  hostname: string,
  options: FlowOptions,
): Promise<Opened> {
  const flows: Flow[] = [];
  const capacity = receiveCapacity(options.sizes.max);
  try {
    for (let i = 0; i < options.flows; i++) {
      const ledger = newLedger(i, options, capacity);
      flows.push(
        new UdpFlow(
          { hostname, port, source: options.source },
          new Messages(options.sizes),
          ledger,
        ),
      );
    }
  } catch (error) {
    for (const flow of flows) flow.close();
    throw error;
  }
  // The runtime learns in its next turn that a socket can be sent on. A message sent
  // before is held until then, though its time runs, and the next one may overtake it.
  await nextTurn();
  return { hostname, flows, connectMs: [] };
}

function newLedger(
  i: number,
  { timeoutMs, onEvent, standstill }: FlowOptions,
  capacity?: number,
): Ledger {
  return new Ledger({ flow: i + 1, timeoutMs, onEvent, standstill, capacity });
}
