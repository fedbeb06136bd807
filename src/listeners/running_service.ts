/**
 * What the listeners of one service share: the service itself, its limits, its
 * numbers. It outlives a reload, so that connections stay counted. Each thread
 * has its own; what all of them count lies in memory that they share.
 *
 * @module
 */

import { sameAccess } from "../config/access_lists.ts";
import type { Limits } from "../config/limits.ts";
import { accessRule, proxyRule } from "../guard/access.ts";
import { type Client, clientOf } from "../guard/client_key.ts";
import type { ClientTable } from "../guard/client_table.ts";
import { ConnectionLimits, placesMemory } from "../guard/connection_limits.ts";
import { Crowd } from "./crowd.ts";
import type {
  DescriptorShortage,
  SpareDescriptors,
} from "./spare_descriptors.ts";
import { Memo } from "../guard/memo.ts";
import type { Neighbours } from "../guard/neighbours.ts";
import { UdpGuard, type UdpMemory } from "../guard/udp_guard.ts";
import type { OwnAddresses } from "../guard/udp_source.ts";
import type { PlannedService, ServiceSpec } from "../config/plan.ts";
import type { Service } from "../services/service.ts";
import { Counters, countersMemory } from "../telemetry/counters.ts";
import type { Fields, Log } from "../telemetry/log.ts";
import { LimitedLog, linesMemory } from "../telemetry/limited_log.ts";
import { SampledLog } from "../telemetry/sampled_log.ts";
import type { ThreadSlot } from "../base/thread_slot.ts";

/** What every service of the process has in common. */
export interface ProcessContext {
  readonly log: Log;
  readonly own: OwnAddresses;
  /** The hosts of our links. Absent: they are not told from others. */
  readonly neighbours?: Neighbours;
  readonly threads: ThreadSlot;
  readonly clients: ClientTable;
  /** What is remembered of senders of datagrams. */
  readonly udpMemory: UdpMemory;
  /** The other threads that serve, if there are any. */
  readonly others?: OtherThreads;
  /** Whether free descriptors are to be left to `admin` and reloads. */
  readonly shortage?: DescriptorShortage;
  /** For `admin`, which gets these when there are no others. */
  readonly spares?: SpareDescriptors;
  /** Called after each exchange: a connection has ended, or a datagram was answered. */
  readonly onExchange?: () => void;
}

/** What the threads share of one service. */
export interface SharedCounts {
  /** A number that no other service has. */
  readonly id: number;
  /** What each thread counts. */
  readonly counters: readonly SharedArrayBuffer[];
  readonly connections: SharedArrayBuffer;
  /** How many lines of the log they cause. */
  readonly lines: SharedArrayBuffer;
}

/** How a service reaches the other threads of the process, where there are any. */
export interface OtherThreads {
  /** Has those who wait for room there look again. */
  wake(service: number): void;
  /** Logs that a client was refused: a sample, of those that all threads refuse. */
  refused?(service: number, fields: Fields): void;
}

/** What follows from the address that connects. */
interface TcpClient {
  readonly client: Client;
  readonly allowed: boolean;
  /** Whether it is a load balancer, which begins with a PROXY header. */
  readonly isProxy: boolean;
}

/** Addresses that need not be looked at again. */
const MAX_CLIENTS = 4096;

/** How often a worker tells of the clients that it refused. */
const REPORT_REFUSALS_MS = 200;

let lastId = 0;

function newMemory(threads: ThreadSlot): SharedCounts {
  return {
    id: ++lastId,
    counters: Array.from({ length: threads.threads }, countersMemory),
    connections: placesMemory(threads),
    lines: linesMemory(),
  };
}

/** A running service, as its listeners see it. */
export class RunningService {
  readonly name: string;
  readonly type: string;
  readonly shared: ProcessContext;
  readonly memory: SharedCounts;
  /** What this thread counts. */
  readonly counters: Counters;
  readonly connections: ConnectionLimits;
  /** The log of what clients cause. */
  readonly log: LimitedLog;
  /** The connections of a service of mynah's own. */
  readonly crowd: Crowd | undefined;
  readonly refusals: SampledLog;
  readonly silences: SampledLog;
  service: Service;
  /** Who an address that connects is, and whether it may. */
  tcpClients!: Memo<TcpClient>;
  readonly udp: UdpGuard;
  limits: Limits;
  #spec: ServiceSpec;
  readonly #allCounters: readonly Counters[];

  /** @param memory That of the same service in another thread; absent for a new one. */
  constructor(
    { spec, service }: PlannedService,
    shared: ProcessContext,
    memory = newMemory(shared.threads),
    others: OtherThreads | undefined = shared.others,
  ) {
    const { config: { name, type, limits }, access, internal } = spec;
    const { log, own, threads, clients, udpMemory } = shared;
    const { id } = memory;
    this.name = name;
    this.type = type;
    this.shared = shared;
    this.memory = memory;
    this.#allCounters = memory.counters.map((each) => new Counters(each));
    this.counters = this.#allCounters[threads.thread];
    this.connections = new ConnectionLimits({
      clients,
      service: id,
      threads,
      memory: memory.connections,
      tellOthers: others && (() => others.wake(id)),
    });
    this.log = new LimitedLog(log, memory.lines);
    this.refusals = others?.refused
      // The main thread samples what it is told; often enough that a line has what belongs to it.
      ? new SampledLog(
        { warn: (_, fields = {}) => others.refused?.(id, fields) },
        "",
        REPORT_REFUSALS_MS,
      )
      : new SampledLog(log, "connection refused");
    this.silences = new SampledLog(log, "datagram not answered");
    this.service = service;
    this.#spec = spec;
    this.crowd = internal ? new Crowd() : undefined;
    this.udp = new UdpGuard(own, { ...limits, access }, udpMemory);
    this.limits = limits;
    this.#limitConnections();
  }

  /** What it was made from. */
  get spec(): ServiceSpec {
    return this.#spec;
  }

  /** Whether it is a service of mynah's own, such as `admin`. */
  get internal(): boolean {
    return this.crowd !== undefined;
  }

  /** What all threads have counted together, up to now. */
  get totals(): Counters {
    return Counters.sum(this.#allCounters);
  }

  /** Takes over a new plan: at once for datagrams, and for connections from the next one on. */
  update({ spec, service }: PlannedService): void {
    const { config, config: { limits }, access, fingerprint } = spec;
    const isSame = sameAccess(access, this.#spec.access) &&
      JSON.stringify(limits) === JSON.stringify(this.limits);
    if (fingerprint === this.#spec.fingerprint) {
      // Other limits or addresses are no reason to begin with the first quote again.
      this.#spec = { ...this.#spec, config, access };
    } else {
      this.#spec = spec;
      this.service = service;
    }
    // The budgets of unchanged limits go on as they are: a reload is no amnesty.
    if (isSame) return;
    this.limits = limits;
    this.udp.update({ ...limits, access });
    this.#limitConnections();
  }

  /** Logs what a sample still holds back. */
  flushLogs(): void {
    this.log.flush();
    this.refusals.flush();
    this.silences.flush();
  }

  #limitConnections(): void {
    const { maxConnections, maxConnectionsPerClient } = this.limits;
    const { access } = this.#spec;
    const mayConnect = accessRule(access);
    const isProxy = proxyRule(access);
    this.tcpClients = new Memo(MAX_CLIENTS, (hostname) => ({
      client: clientOf(hostname),
      allowed: mayConnect(hostname),
      isProxy: isProxy(hostname),
    }));
    this.connections.maxConnections = maxConnections ?? Infinity;
    this.connections.maxConnectionsPerClient = maxConnectionsPerClient ??
      Infinity;
    this.connections.wake();
  }
}
