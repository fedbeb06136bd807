/**
 * Reloads the config while the previous one serves.
 *
 * @module
 */

import type { SpareDescriptors } from "../listeners/spare_descriptors.ts";
import { formatDuration } from "../base/duration.ts";
import { ConfigError } from "../config/problems.ts";
import type { Plan } from "../config/plan.ts";
import { BindErrors, type Changes, type Supervisor } from "./supervisor.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metric } from "../base/prometheus_text.ts";

/** How a reload went. */
export interface ReloadResult {
  /** Why the config could not be used; absent when it serves. */
  readonly error?: string;
  /** Whether the program is about to stop. */
  readonly stopping?: boolean;
  /** Whether it is the same as before, its files included. */
  readonly unchanged?: boolean;
}

/** What a reload works on. */
export interface ReloadOptions {
  readonly supervisor: Supervisor;
  /** What it serves before the first reload. */
  readonly plan: Plan;
  /** Reads the config and makes its plan; `signal` aborts when the result is no longer needed. */
  readonly load: (signal: AbortSignal) => Promise<Plan>;
  /** How long that may take, in milliseconds. */
  readonly loadMs?: number;
  /** Descriptors for the files and the new addresses, when the services have used up all others. */
  readonly spares?: SpareDescriptors;
  /** Called with each plan that serves from now on. */
  readonly onReloaded?: (plan: Plan, changes: Changes) => void;
  readonly log: Log;
}

/** A file on a disk takes milliseconds; a pipe that nobody writes to must not end reloading for good. */
const LOAD_MS = 20_000;

/** Reloads, one after the other, and knows how they went. */
export class Reload {
  readonly #options: ReloadOptions;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<ReloadResult> | undefined;
  #plan: Plan;
  #succeeded = 0;
  #failed = 0;
  #lastSucceeded = true;
  #givenUp = 0;
  /** Whether a read that was given up has not ended: a file system that does not answer keeps a thread for each. */
  #isStuck = false;
  /** In milliseconds since the epoch. */
  #servingSince = Date.now();

  constructor(options: ReloadOptions) {
    this.#options = options;
    this.#plan = options.plan;
  }

  /**
   * Reads the config again and puts it to work, once the reload under way is
   * over. Whoever asks until then shares one reload, which reads what is there
   * after all of them asked. A config that cannot be used changes nothing.
   *
   * @returns How it went. Never rejects.
   */
  run(): Promise<ReloadResult> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      const { spares } = this.#options;
      const reload = spares ? spares.use(() => this.#reload()) : this.#reload();
      this.#last = reload;
      return reload;
    });
    return this.#next;
  }

  async #reload(): Promise<ReloadResult> {
    const { supervisor, onReloaded, log } = this.#options;
    try {
      const plan = await this.#load();
      if (supervisor.stopping) {
        log.info("reload skipped; mynah is stopping");
        return { error: "mynah is stopping", stopping: true };
      }
      const changes = await supervisor.reload(plan);
      const unchanged = isNone(changes) && isSame(plan, this.#plan);
      this.#plan = plan;
      this.#succeeded++;
      this.#lastSucceeded = true;
      this.#servingSince = Date.now();
      onReloaded?.(plan, changes);
      log.info(
        unchanged ? "reloaded; nothing changed" : "reloaded",
        { ...changes },
      );
      return { unchanged };
    } catch (error) {
      this.#failed++;
      this.#lastSucceeded = false;
      const message = failureReason(error);
      log.error("reload failed; still serving the previous config", {
        problems: message.split("\n"),
      });
      return { error: message, stopping: supervisor.stopping };
    }
  }

  /** @throws {ConfigError | LoadError} */
  async #load(): Promise<Plan> {
    const { load, loadMs = LOAD_MS } = this.#options;
    if (this.#isStuck) {
      throw new LoadError(
        "Cannot read the config: an earlier read has not ended",
      );
    }
    const limit = new AbortController();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const duration = formatDuration(loadMs);
      late.reject(
        new LoadError(`Cannot read the config: not done within ${duration}`),
      );
      this.#givenUp++;
      this.#isStuck = true;
      limit.abort();
    }, loadMs);
    const loading = (async () => {
      try {
        return await load(limit.signal);
      } finally {
        clearTimeout(timer);
        this.#isStuck = false;
      }
    })();
    // How an abandoned read ends does not matter.
    loading.catch(() => {});
    return await Promise.race([loading, late.promise]);
  }

  /** The metrics of reloading. */
  metrics(): Metric[] {
    return [
      {
        type: "counter",
        name: "mynah_reloads_total",
        help: "Reloads of the config, by result.",
        samples: () => [
          { labels: { result: "success" }, value: this.#succeeded },
          { labels: { result: "failure" }, value: this.#failed },
        ],
      },
      {
        type: "gauge",
        name: "mynah_config_last_reload_successful",
        help: "Whether the last reload succeeded; 1 before the first.",
        samples: () => [{ labels: {}, value: Number(this.#lastSucceeded) }],
      },
      {
        type: "gauge",
        name: "mynah_config_last_reload_success_timestamp_seconds",
        help: "When the current config was loaded, as Unix time.",
        samples: () => [{ labels: {}, value: this.#servingSince / 1000 }],
      },
      {
        type: "counter",
        name: "mynah_config_reads_given_up_total",
        help: "Reads of the config that were abandoned after 20 s.",
        samples: () => [{ labels: {}, value: this.#givenUp }],
      },
      {
        type: "gauge",
        name: "mynah_config_reads_stuck",
        help:
          "1 while an abandoned read has not ended; until then every reload fails.",
        samples: () => [{ labels: {}, value: Number(this.#isStuck) }],
      },
    ];
  }
}

/** Whether nothing of a service differs: its settings, its files, and what its names stand for. */
function isNone({ bound, released, changed }: Changes): boolean {
  return bound.length + released.length + changed.length === 0;
}

/** Whether two plans have the same settings, those of no service included. */
function isSame(a: Plan, b: Plan): boolean {
  return JSON.stringify(a.config) === JSON.stringify(b.config);
}

/** The config could not be read, for a reason outside of it. */
class LoadError extends Error {
  override name = "LoadError";
}

function failureReason(error: unknown): string {
  const isExpected = error instanceof ConfigError ||
    error instanceof BindErrors || error instanceof LoadError;
  return isExpected
    ? error.message
    : `bug: ${error instanceof Error ? error.stack : error}`;
}
