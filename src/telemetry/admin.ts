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
import type { Address } from "../config/address.ts";
import type { PlannedService } from "../plan.ts";
import type { Service } from "../services/service.ts";
import { httpService, type Reply } from "./http_service.ts";

/** What the admin address tells of, and can do. */
export interface AdminHooks {
  /** Whether every address is bound, and the program is not about to stop. */
  ready(): boolean;
  readonly metrics: readonly Metric[];
  /** Reads the config again. Resolves to the error, or to nothing when the new config serves. */
  reload(): Promise<string | undefined>;
}

/** Enough for a person and two Prometheuses beside a hundred connections that ask nothing; a reload may take as long as the idle timeout. */
const LIMITS = { maxConnections: 128, idleTimeoutMs: 30_000 };

/** Plans what answers on the admin address. */
export function planAdmin(address: Address, hooks: AdminHooks): PlannedService {
  return {
    config: {
      name: "admin",
      type: "admin",
      listen: [address],
      limits: LIMITS,
      options: {},
    },
    service: adminService(hooks),
    fingerprint: "admin",
    materials: { files: new Map(), counter: new SharedArrayBuffer(4) },
    internal: true,
  };
}

function adminService(hooks: AdminHooks): Service {
  function healthz(): Reply {
    return { status: 200, body: "ok\n" };
  }

  function readyz(): Reply {
    return hooks.ready()
      ? { status: 200, body: "ready\n" }
      : { status: 503, body: "not ready\n" };
  }

  function metrics(): Reply {
    return {
      status: 200,
      type: PROMETHEUS_TYPE,
      body: formatMetrics(hooks.metrics),
    };
  }

  async function reload(): Promise<Reply> {
    const error = await hooks.reload();
    if (error !== undefined && !hooks.ready()) return readyz();
    // What is wrong stands in the log: a config's text is not for whoever reaches this port.
    return error === undefined
      ? { status: 200, body: "reloaded\n" }
      : { status: 422, body: "not reloaded: see the log\n" };
  }

  return httpService({
    "/healthz": { GET: healthz },
    "/readyz": { GET: readyz },
    "/metrics": { GET: metrics },
    "/-/reload": { POST: reload },
  });
}
