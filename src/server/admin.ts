/**
 * What the admin address answers: health, readiness, metrics, reload.
 *
 * @module
 */

import {
  formatMetrics,
  type Metric,
  PROMETHEUS_TYPE,
} from "../base/prometheus_text.ts";
import { isLoopback, parseHostName } from "../base/address.ts";
import { endpointsOf, type HostNames, isName } from "../config/endpoint.ts";
import type { AdminConfig } from "../config/config.ts";
import { ipSet } from "../config/ip_set.ts";
import type { PlannedService } from "../config/plan.ts";
import type { ReloadResult } from "./reload.ts";
import { emptyRecord } from "../services/resources.ts";
import type { Service } from "../services/service.ts";
import type { HttpAccess } from "./http_access.ts";
import { type HttpReply, httpService } from "./http_service.ts";

/** What the admin address tells of, and can do. */
export interface AdminHooks {
  /** Whether every address is bound, and the program is not about to stop. */
  ready(): boolean;
  readonly metrics: readonly Metric[];
  /** Does work that reads files, with descriptors that are kept for it. */
  withDescriptors<T>(work: () => T | Promise<T>): Promise<T>;
  /** Reads the config again. */
  reload(): Promise<ReloadResult>;
}

/** A client that takes nothing of its answer is closed after this; a reload may take as long. */
const IDLE_MS = 30_000;

/** Plans what answers on the admin address. */
export function planAdmin(
  { hosts = [], ...address }: AdminConfig,
  names: HostNames,
  hooks: AdminHooks,
): PlannedService {
  const { hostname } = address;
  const access = {
    loopback: endpointsOf(address, names).every(({ host }) => isLoopback(host)),
    // By the name that it listens on it may be asked, too.
    hosts: isName(hostname) ? [parseHostName(hostname), ...hosts] : hosts,
  };
  return {
    spec: {
      config: {
        name: "admin",
        type: "admin",
        listen: [address],
        limits: { idleTimeoutMs: IDLE_MS },
        options: { hosts },
      },
      access: { deny: ipSet([]) },
      fingerprint: JSON.stringify(access),
      resources: emptyRecord("admin"),
      internal: true,
    },
    service: adminService(hooks, access),
  };
}

function adminService(hooks: AdminHooks, access: HttpAccess): Service {
  function healthz(): HttpReply {
    return { status: 200, body: "ok\n" };
  }

  function readyz(): HttpReply {
    return hooks.ready()
      ? { status: 200, body: "ready\n" }
      : { status: 503, body: "not ready\n" };
  }

  async function metrics(): Promise<HttpReply> {
    const body = await hooks.withDescriptors(() =>
      formatMetrics(hooks.metrics)
    );
    return { status: 200, type: PROMETHEUS_TYPE, body };
  }

  async function reload(): Promise<HttpReply> {
    const { error, stopping, unchanged } = await hooks.reload();
    if (error === undefined) {
      const body = unchanged ? "reloaded; nothing changed\n" : "reloaded\n";
      return { status: 200, body };
    }
    if (stopping) return readyz();
    // A config's text is for whoever is on this machine; others who reach this port learn from the log.
    const reason = access.loopback ? `\n${error}` : " see the log";
    return { status: 422, body: `reload failed:${reason}\n` };
  }

  return httpService({
    "/healthz": { GET: healthz },
    "/readyz": { GET: readyz },
    "/metrics": { GET: metrics },
    "/-/reload": { POST: reload },
  }, { access });
}
