/**
 * The configuration as the program uses it: checked, complete, and read-only.
 *
 * @module
 */

import type { Address } from "../base/address.ts";
import type { ServiceOptions } from "../services/service.ts";
import type { Limits } from "./limits.ts";

/** How much is logged: this level and the ones after it. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** How a log line looks: `text` for people, `json` for machines. */
export type LogFormat = "text" | "json";

/** A whole config file. */
export interface Config {
  readonly log: LogConfig;
  /** How many threads serve TCP; `auto`: one for each processor. */
  readonly workers: number | "auto";
  /** Where health, metrics and reload are served, if anywhere. */
  readonly admin?: AdminConfig;
  /** How long open connections may go on after the stop signal, in milliseconds. */
  readonly shutdownGraceMs: number;
  readonly services: readonly ServiceConfig[];
}

/** Where health, metrics and reload are served, and by which names. */
export interface AdminConfig extends Address {
  /** Names by which the address may be asked where it is on loopback, besides `localhost`. */
  readonly hosts?: readonly string[];
}

/** More is a flood, which the metrics count and nobody reads: 0.2 MB a second. */
export const DEFAULT_MAX_LINES_PER_SECOND = 1000;

/** What is logged, and how. */
export interface LogConfig {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** How many lines a service may cause in a second; the others are sampled. Absent: {@linkcode DEFAULT_MAX_LINES_PER_SECOND}. */
  readonly maxLinesPerSecond?: number;
}

/** One service of a config file. */
export interface ServiceConfig extends ServiceOptions {
  /** Unique; names logs and metrics. */
  readonly name: string;
  readonly listen: readonly Address[];
  readonly limits: Limits;
}
