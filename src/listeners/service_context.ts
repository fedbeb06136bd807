/**
 * What the listeners of one service share: the service itself, its limits, its
 * numbers. It outlives a reload, so that connections stay counted.
 *
 * @module
 */

import type { Limits, ServiceConfig } from "../config/config.ts";
import { type AccessRule, accessRule } from "../guard/access.ts";
import { ConnectionLimits } from "../guard/connection_limits.ts";
import { UdpGuard } from "../guard/udp_guard.ts";
import type { OwnAddresses } from "../guard/udp_source.ts";
import type { Service } from "../services/service.ts";
import { Counters } from "../telemetry/counters.ts";
import type { Log } from "../telemetry/log.ts";
import { SampledLog } from "../telemetry/sampled_log.ts";

/** What every service of the process has in common. */
export interface Shared {
  readonly log: Log;
  readonly own: OwnAddresses;
  /** Called after each exchange: a connection has ended, or a datagram was answered. */
  readonly onExchange?: () => void;
}

/** A running service, as its listeners see it. */
export class ServiceContext {
  readonly name: string;
  readonly type: string;
  readonly shared: Shared;
  readonly counters = new Counters();
  readonly connections = new ConnectionLimits();
  readonly refusals: SampledLog;
  readonly silences: SampledLog;
  service: Service;
  /** Whether an address may connect. */
  mayConnect: AccessRule;
  readonly udp: UdpGuard;
  limits: Limits;

  constructor(config: ServiceConfig, service: Service, shared: Shared) {
    const { name, type, limits } = config;
    this.name = name;
    this.type = type;
    this.shared = shared;
    this.refusals = new SampledLog(shared.log, "connection refused");
    this.silences = new SampledLog(shared.log, "datagram not answered");
    this.service = service;
    this.limits = limits;
    this.mayConnect = accessRule(limits);
    this.udp = new UdpGuard(shared.own, limits);
    this.#limitConnections();
  }

  /** Takes over a new config: at once for datagrams, and for connections from the next one on. */
  update(config: ServiceConfig, service: Service): void {
    this.service = service;
    // The budgets of unchanged limits go on as they are: a reload is no amnesty.
    if (JSON.stringify(config.limits) === JSON.stringify(this.limits)) return;
    this.limits = config.limits;
    this.mayConnect = accessRule(config.limits);
    this.udp.update(config.limits);
    this.#limitConnections();
  }

  /** Logs what a sample still holds back. */
  flushLogs(): void {
    this.refusals.flush();
    this.silences.flush();
  }

  #limitConnections(): void {
    const { maxConnections, maxConnectionsPerClient } = this.limits;
    this.connections.maxConnections = maxConnections ?? Infinity;
    this.connections.maxConnectionsPerClient = maxConnectionsPerClient ??
      Infinity;
    this.connections.wake();
  }
}
