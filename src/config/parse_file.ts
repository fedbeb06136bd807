/**
 * From the bytes of a config file to what `makePlan` takes: here, or in a thread
 * of its own, since a large config takes longer than clients should wait.
 *
 * @module
 */

import { isMapping } from "../base/strict_object.ts";
import type { ServiceType } from "../services/service.ts";
import { parseFile } from "./load.ts";
import { parseConfig, type Parsed } from "./parse.ts";
import { ConfigError, type Problem } from "./problems.ts";

/** What the thread is given. */
export interface Question {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How a person knows the file. */
  readonly source: string;
}

/** What it answers: {@linkcode Parsed} without what the one who asked has or can make of the rest; or why the file holds no YAML. */
export type ThreadAnswer =
  | (Omit<Parsed, "access"> & {
    /** Absent where it is that of the config: to receive 100,000 networks twice takes twice as long. */
    readonly access?: Parsed["access"];
  })
  | { readonly unreadable: readonly Problem[] };

/** The worst file of this size takes some 20 ms, as long as its aliases do not make it larger. To start a thread takes longer. */
const SMALL_FILE_BYTES = 4096;
const AMPERSAND = 0x26;

/** Whether a file may take longer than clients should wait. */
export function mayTakeLong(bytes: Uint8Array): boolean {
  return bytes.length > SMALL_FILE_BYTES || bytes.includes(AMPERSAND);
}

/**
 * Reads and checks the bytes of a config file, for as long as it takes.
 *
 * @throws {ConfigError} If it is not YAML, or larger than a config may be.
 */
export function parseHere(
  { bytes, source }: Question,
  types: readonly ServiceType[],
): Parsed {
  return parseConfig(parseFile(bytes, source), types);
}

/** The answer of the thread. */
export function answer(
  question: Question,
  types: readonly ServiceType[],
): ThreadAnswer {
  try {
    const { access, value, ...parsed } = parseHere(question, types);
    return {
      ...parsed,
      access: parsed.config ? undefined : access,
      value: addressesIn(value),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { unreadable: error.problems };
  }
}

/** The part of a file's value that is looked at again, when host names were looked up: see clashes.ts. */
function addressesIn(value: unknown): unknown {
  if (!isMapping(value)) return undefined;
  const { admin, services } = value;
  if (!Array.isArray(services)) return { admin };
  return {
    admin,
    services: services.map((service) =>
      isMapping(service) ? { listen: service.listen } : undefined
    ),
  };
}

/**
 * As {@linkcode parseHere}, in a thread, which ends with `signal`.
 *
 * @param module Where the thread begins: `parse_thread.ts`, or what became of it.
 * @throws {ConfigError} If it is not YAML, or larger than a config may be.
 * @throws {Error} When the thread dies or is ended.
 */
export async function parseInThread(
  question: Question,
  { module, signal }: { module: URL; signal?: AbortSignal },
): Promise<Parsed> {
  const answered = Promise.withResolvers<ThreadAnswer>();
  const end = () => answered.reject(new Error("Reading the config was ended"));
  const worker = new Worker(module, { type: "module", name: "config" });
  worker.onmessage = ({ data }: MessageEvent<ThreadAnswer>) =>
    answered.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault(); // Or it would be the end of this thread too.
    answered.reject(new Error(`Cannot read the config: ${event.message}`));
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    if (signal?.aborted) end();
    worker.postMessage(question, [question.bytes.buffer]);
    return toParsed(await answered.promise, question.source);
  } finally {
    signal?.removeEventListener("abort", end);
    worker.terminate();
  }
}

function toParsed(answer: ThreadAnswer, source: string): Parsed {
  if ("unreadable" in answer) throw new ConfigError(source, answer.unreadable);
  const ofConfig = answer.config?.services.map(({ limits }) => limits);
  return { ...answer, access: answer.access ?? ofConfig ?? [] };
}
