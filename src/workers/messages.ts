/**
 * The messages between the main thread and its workers.
 *
 * @module
 */

import type { Endpoint } from "../config/endpoint.ts";
import type { SharedCounts } from "../listeners/running_service.ts";
import type { ServiceSpec } from "../config/plan.ts";
import type { Fields, LogOptions } from "../telemetry/log.ts";
import type { ThreadSlot } from "../base/thread_slot.ts";

/** A running service as it is posted to a worker, which creates it again. */
export interface PostedService {
  readonly spec: ServiceSpec;
  readonly memory: SharedCounts;
}

/** A command to a worker. Workers execute commands in order. */
export type WorkerCommand =
  | {
    readonly do: "start";
    readonly threads: ThreadSlot;
    readonly clients: SharedArrayBuffer;
    readonly shortage: SharedArrayBuffer;
    readonly log: LogOptions;
  }
  | { readonly do: "configure"; readonly log: LogOptions }
  | {
    readonly do: "bind";
    readonly listener: number;
    readonly address: Endpoint;
    readonly service: PostedService;
  }
  | { readonly do: "serve"; readonly listener: number }
  | {
    readonly do: "hand over";
    readonly listener: number;
    readonly service: PostedService;
    readonly hostname: string;
  }
  | { readonly do: "update"; readonly service: PostedService }
  | { readonly do: "wake"; readonly service: number }
  /** Frees the address; done when it is free. */
  | { readonly do: "release"; readonly listener: number }
  /** Done when its last connection has ended; later commands do not wait for it. */
  | { readonly do: "drain"; readonly listener: number }
  | {
    readonly do: "abort";
    readonly listener: number;
    readonly reason: string;
  }
  /** Done when all commands before it are. */
  | { readonly do: "settle" }
  /** Done when all that was logged is sent. */
  | { readonly do: "flush" };

/** A command, and the number that its answer will have. */
export interface Call {
  readonly id: number;
  readonly command: WorkerCommand;
}

/** A message from a worker. */
export type WorkerMessage =
  /** A command is done, or could not be. */
  | { readonly id: number; readonly error?: string }
  /** Lines for the log, each ended. */
  | { readonly lines: string }
  /** So many lines for the log were dropped. */
  | { readonly lost: number }
  /** Clients were refused: one of them, and how many are not shown. */
  | { readonly refused: number; readonly fields: Fields }
  /** Who waits for room at this service should look again, in all threads. */
  | { readonly wake: number };
